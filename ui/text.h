// Text for people: UTF-8 of app to QString, numbers, money, durations and sizes by the user's locale. Pure; main thread.
#pragma once

#include "app/report/report.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ui {

inline QString q(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}
QString countText(std::int64_t number);                   // "1,234,567"
QString tokensText(std::int64_t tokens);                  // "812k", "1.24M", "950"
QString bytesText(std::uint64_t bytes);                   // "1.2 MB"
QString durationText(double seconds);                     // "4 s", "6 min", "2.5 h"
QString durationRange(double low, double high);           // "6 to 8 min"
QString moneyText(const std::optional<app::Money>& money); // "$0.41", "unknown"
QString moneyRange(const std::optional<app::Money>& low, const std::optional<app::Money>& high);
QString severityText(app::Severity severity);
QString stageText(const QString& stage);                  // "scan" -> "Examining"
// One line, control and invisible characters as visible escapes, cut at `limit` characters.
QString oneLine(std::string_view utf8, int limit = 400);

} // namespace ui
