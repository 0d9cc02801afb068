#include "ui/widgets/forecast_table.h"

#include "ui/text.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QTreeWidget>

namespace ui {

namespace {
QString word(const char* text) {
    return QCoreApplication::translate("forecast", text);
}
} // namespace

QTreeWidget* makeForecastTable(QWidget* parent, const QString& name) {
    auto* const table = new QTreeWidget(parent);
    const QString title = word(QT_TRANSLATE_NOOP("forecast", "Forecast for every engine"));
    table->setObjectName(name);
    table->setAccessibleName(title);
    table->setHeaderLabels(
        {word(QT_TRANSLATE_NOOP("forecast", "Engine")), word(QT_TRANSLATE_NOOP("forecast", "Money")),
         word(QT_TRANSLATE_NOOP("forecast", "Time")), word(QT_TRANSLATE_NOOP("forecast", "Tariff")),
         word(QT_TRANSLATE_NOOP("forecast", "Prices of"))});
    table->setUniformRowHeights(true);
    table->setAlternatingRowColors(true);
    table->setRootIsDecorated(false);
    table->header()->setObjectName(name + ".header");
    table->header()->setAccessibleName(title);
    table->header()->setStretchLastSection(false);
    table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    return table;
}

void fillForecastTable(QTreeWidget& table, const std::vector<app::CostEstimate>& rows) {
    table.clear();
    QList<QTreeWidgetItem*> items;
    for (const app::CostEstimate& row : rows) {
        const QString engine = row.engine == "none"       ? word(QT_TRANSLATE_NOOP("forecast", "none"))
                               : row.engine == "built-in" ? word(QT_TRANSLATE_NOOP("forecast", "built in"))
                                                          : q(row.engine);
        const QString tariff = row.band == "peak"       ? word(QT_TRANSLATE_NOOP("forecast", "peak"))
                               : row.band == "off-peak" ? word(QT_TRANSLATE_NOOP("forecast", "off-peak"))
                               : row.band == "flat"     ? word(QT_TRANSLATE_NOOP("forecast", "flat"))
                               : row.band == "local"    ? word(QT_TRANSLATE_NOOP("forecast", "local"))
                                                        : q(row.band);
        auto* const item = new QTreeWidgetItem(
            {engine + (row.fits ? QString() : word(QT_TRANSLATE_NOOP("forecast", " (window too small)"))),
             moneyRange(row.low, row.high), durationRange(row.secondsLow, row.secondsHigh), tariff,
             q(row.asOf)});
        QString assumed;
        for (const std::string& one : row.assumptions) assumed += (assumed.isEmpty() ? "" : "\n") + q(one);
        item->setToolTip(0, assumed.toHtmlEscaped().replace('\n', "<br>"));
        item->setTextAlignment(1, Qt::AlignRight);
        item->setTextAlignment(2, Qt::AlignRight);
        items << item;
    }
    table.addTopLevelItems(items);
    for (int i = 1; i < 5; ++i) table.resizeColumnToContents(i);
}

} // namespace ui
