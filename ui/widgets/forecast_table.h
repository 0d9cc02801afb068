// The forecast of a run on every engine as rows side by side: engine, money, time, tariff, date of the
// prices; what was assumed is the tool tip. Knows no Desk. Main thread.
#pragma once

#include "app/cost.h"

#include <QString>

#include <vector>

class QTreeWidget;
class QWidget;

namespace ui {

QTreeWidget* makeForecastTable(QWidget* parent, const QString& name);
void fillForecastTable(QTreeWidget& table, const std::vector<app::CostEstimate>& rows);

} // namespace ui
