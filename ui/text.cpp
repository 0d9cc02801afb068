#include "ui/text.h"

#include "app/report/checks.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace ui {

QString countText(std::int64_t number) {
    return QLocale().toString(qlonglong(number));
}

QString tokensText(std::int64_t tokens) {
    const QLocale locale;
    if (tokens < 10'000)
        return locale.toString(qlonglong(tokens));
    if (tokens < 999'500)
        return locale.toString(qlonglong((tokens + 500) / 1000)) + QStringLiteral("k");
    return locale.toString(double(tokens) / 1e6, 'f', 2) + QStringLiteral("M");
}

QString bytesText(std::uint64_t bytes) {
    return QLocale().formattedDataSize(qint64(bytes), bytes < 1000 ? 0 : 1, QLocale::DataSizeSIFormat);
}

QString durationText(double seconds) {
    const QLocale locale;
    if (seconds < 1)
        return QCoreApplication::translate("text", "under 1 s");
    if (seconds < 90)
        return QCoreApplication::translate("text", "%1 s").arg(locale.toString(int(std::lround(seconds))));
    if (seconds < 90 * 60)
        return QCoreApplication::translate("text", "%1 min").arg(locale.toString(int(std::lround(seconds / 60))));
    return QCoreApplication::translate("text", "%1 h").arg(locale.toString(seconds / 3600, 'f', 1));
}

QString durationRange(double low, double high) {
    const QString from = durationText(low), to = durationText(high);
    return from == to ? from : QCoreApplication::translate("text", "%1 to %2").arg(from, to);
}

QString moneyText(const std::optional<app::Money>& money) {
    if (!money)
        return QCoreApplication::translate("text", "unknown");
    const double amount = double(money->picoUnits) / 1e12;
    const QString symbol = money->currency == "USD" ? QStringLiteral("$") : money->currency == "EUR" ? QStringLiteral("€") : q(money->currency) + ' ';
    const int digits = amount == 0 || amount >= 1 ? 2 : amount >= 0.01 ? 3 : 5;
    return symbol + QLocale().toString(amount, 'f', digits);
}

QString moneyRange(const std::optional<app::Money>& low, const std::optional<app::Money>& high) {
    if (!low || !high)
        return QCoreApplication::translate("text", "unknown price");
    const QString from = moneyText(low), to = moneyText(high);
    return from == to ? from : QCoreApplication::translate("text", "%1 to %2").arg(from, to);
}

QString severityText(app::Severity severity) {
    switch (severity) {
    case app::Severity::Note: return QCoreApplication::translate("text", "Note");
    case app::Severity::Low: return QCoreApplication::translate("text", "Low");
    case app::Severity::Medium: return QCoreApplication::translate("text", "Medium");
    case app::Severity::High: return QCoreApplication::translate("text", "High");
    case app::Severity::Critical: return QCoreApplication::translate("text", "Critical");
    }
    return {};
}

QString stageText(const QString& stage) {
    if (stage == "read") return QCoreApplication::translate("text", "Reading");
    if (stage == "plan") return QCoreApplication::translate("text", "Counting tokens");
    if (stage == "look") return QCoreApplication::translate("text", "Looking for secrets");
    if (stage == "warm") return QCoreApplication::translate("text", "Evaluating the text");
    if (stage == "scan") return QCoreApplication::translate("text", "Examining");
    if (stage == "verify") return QCoreApplication::translate("text", "Verifying");
    if (stage == "decide") return QCoreApplication::translate("text", "Deciding");
    if (stage == "report") return QCoreApplication::translate("text", "Reporting");
    return stage;
}

QString oneLine(std::string_view utf8, int limit) {
    std::string line(utf8.substr(0, std::size_t(limit) * 4));
    std::replace(line.begin(), line.end(), '\n', ' ');
    QString shown = q(app::visible(line));
    if (shown.size() > limit)
        shown = shown.left(limit - 1) + QChar(0x2026);
    return shown;
}

} // namespace ui
