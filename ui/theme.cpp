#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QVariant>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

// Fusion with sizes that follow the scale: Qt scales fonts, but not check boxes, icons and handles.
class ScaledStyle : public QProxyStyle {
public:
    explicit ScaledStyle(double scale) : QProxyStyle(QStyleFactory::create("Fusion")), m_scale(scale) {}

    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
        const int value = QProxyStyle::pixelMetric(metric, option, widget);
        switch (metric) {
        case PM_SplitterWidth:
        case PM_DockWidgetSeparatorExtent: return std::max(5, int(std::lround(5 * m_scale)));
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
        case PM_ToolBarIconSize:
        case PM_TabBarIconSize:
        case PM_ListViewIconSize:
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
        case PM_ScrollBarExtent:
        case PM_MenuButtonIndicator:
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
        case PM_LayoutLeftMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutBottomMargin: return value < 0 ? value : int(std::lround(value * m_scale));
        default: return value;
        }
    }

    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const override {
        if (hint == SH_UnderlineShortcut)
            return 1;
        return QProxyStyle::styleHint(hint, option, widget, data);
    }

private:
    double m_scale;
};

Colours lightColours() {
    Colours c;
    c.accent = "#1f5fa8", c.accentSoft = "#dbe8f7";
    c.text = "#1b1f24", c.quiet = "#59626d", c.line = "#cdd3da";
    c.panel = "#f4f6f8", c.ground = "#ffffff", c.raised = "#ffffff";
    c.good = "#1b7a3d", c.warn = "#9a5b00", c.bad = "#b3261e";
    c.severity = {QColor("#59626d"), QColor("#1f6f8b"), QColor("#8a6100"), QColor("#bd4b00"), QColor("#b3261e")};
    c.code = "#4f7cb0", c.prose = "#5f8a57", c.markdown = "#a3792a", c.pdf = "#a8584c", c.excluded = "#8a929b";
    c.uncached = "#bd4b00", c.cached = "#4f7cb0", c.output = "#5f8a57";
    c.onFill = "#ffffff";
    return c;
}

Colours darkColours() {
    Colours c;
    c.dark = true;
    c.accent = "#7db4f0", c.accentSoft = "#24405f";
    c.text = "#e6e9ed", c.quiet = "#a7b0ba", c.line = "#3d444d";
    c.panel = "#1d2126", c.ground = "#16191d", c.raised = "#272c33";
    c.good = "#6cc88a", c.warn = "#e3b25a", c.bad = "#f28b82";
    c.severity = {QColor("#a7b0ba"), QColor("#6fb7d0"), QColor("#e0bd62"), QColor("#f2995c"), QColor("#f28b82")};
    c.code = "#3f6a9c", c.prose = "#4d7646", c.markdown = "#86662a", c.pdf = "#8f4f45", c.excluded = "#5b636c";
    c.uncached = "#d9803f", c.cached = "#5a8fc8", c.output = "#6fa566";
    c.onFill = "#ffffff";
    return c;
}

Colours contrastColours() {
    Colours c = darkColours();
    c.accent = "#ffd84d", c.accentSoft = "#4a3f00";
    c.text = "#ffffff", c.quiet = "#e0e0e0", c.line = "#ffffff";
    c.panel = "#000000", c.ground = "#000000", c.raised = "#101010";
    c.good = "#7dff9a", c.warn = "#ffd84d", c.bad = "#ff8f85";
    return c;
}

QPalette paletteOf(const Colours& c) {
    QPalette p;
    const auto set = [&](QPalette::ColorRole role, const QColor& colour) { p.setColor(role, colour); };
    set(QPalette::Window, c.panel);
    set(QPalette::WindowText, c.text);
    set(QPalette::Base, c.ground);
    set(QPalette::AlternateBase, mixed(c.ground, c.panel, 0.6));
    set(QPalette::Text, c.text);
    set(QPalette::Button, c.dark ? c.raised : mixed(c.panel, c.ground, 0.5));
    set(QPalette::ButtonText, c.text);
    set(QPalette::BrightText, c.bad);
    set(QPalette::ToolTipBase, c.raised);
    set(QPalette::ToolTipText, c.text);
    set(QPalette::PlaceholderText, c.quiet);
    set(QPalette::Highlight, c.dark ? c.accentSoft : c.accent);
    set(QPalette::HighlightedText, c.dark ? c.text : QColor(Qt::white));
    set(QPalette::Link, c.accent);
    set(QPalette::LinkVisited, c.accent);
    set(QPalette::Light, c.dark ? mixed(c.raised, c.text, 0.08) : c.ground);
    set(QPalette::Midlight, mixed(c.panel, c.line, 0.5));
    set(QPalette::Mid, c.line);
    set(QPalette::Dark, mixed(c.line, c.text, 0.25));
    set(QPalette::Shadow, c.dark ? QColor(Qt::black) : QColor("#7c848d"));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, mixed(c.quiet, c.panel, 0.35));
    return p;
}

QString sheetOf(const Colours& c, double scale) {
    const auto px = [&](double value) { return QString::number(int(std::lround(value * scale))) + "px"; };
    return QStringLiteral(
               "QToolTip { color: %1; background: %2; border: 1px solid %3; padding: %6; }"
               "QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }"
               "QDockWidget::title { background: %4; padding: %6 %7; border-bottom: 1px solid %3; }"
               "QStatusBar { border-top: 1px solid %3; } QStatusBar::item { border: none; }"
               "QHeaderView::section { background: %4; padding: %6; border: none; border-bottom: 1px solid %3; border-right: 1px solid %3; }"
               "QTreeView, QTableView, QListView, QTextBrowser, QPlainTextEdit { border: 1px solid %3; }"
               "QPushButton { min-height: %8; padding: %6 %7; }"
               "QPushButton[primary=\"true\"] { background: %5; color: %9; border: 1px solid %5; border-radius: 4px; font-weight: bold; }"
               "QPushButton[primary=\"true\"]:disabled { background: %3; border-color: %3; color: %10; }"
               "QPushButton[primary=\"true\"]:focus { border: 2px solid %1; }"
               "QLabel[role=\"title\"] { font-size: %11; font-weight: bold; }"
               "QLabel[role=\"heading\"] { font-weight: bold; }"
               "QLabel[role=\"quiet\"] { color: %10; }")
        .arg(c.text.name(), c.raised.name(), c.line.name(), c.panel.name(), c.accent.name(), px(3), px(8), px(18))
        .arg(c.dark ? c.ground.name() : QStringLiteral("#ffffff"), c.quiet.name(), px(24));
}

} // namespace

QColor mixed(const QColor& a, const QColor& b, double part) {
    const auto between = [part](int from, int to) { return int(std::lround(from + (to - from) * part)); };
    return {between(a.red(), b.red()), between(a.green(), b.green()), between(a.blue(), b.blue())};
}

const Colours& coloursOf(const QPalette& palette) {
    static const Colours contrast = contrastColours(), dark = darkColours(), light = lightColours(); // asked for in every paint
    const QColor window = palette.color(QPalette::Window);
    return window == QColor(Qt::black) ? contrast : window.lightness() < 128 ? dark : light;
}

void applyTheme(QApplication& application, const QString& theme, int scalePercent) {
    // What the desktop gave at the start is remembered on the application, so that "system" can come back.
    if (!application.property("systemDark").isValid()) {
        application.setProperty("systemDark", application.palette().color(QPalette::Window).lightness() < 128);
        application.setProperty("systemPoints", application.font().pointSizeF() > 0 ? application.font().pointSizeF() : 9.0);
    }
    const bool systemDark = application.property("systemDark").toBool();
    const Colours colours = theme == "high-contrast"                       ? contrastColours()
                            : theme == "dark" || (theme != "light" && systemDark) ? darkColours()
                                                                           : lightColours();
    const double scale = std::clamp(scalePercent, 80, 200) / 100.0;
    // Each of these goes through every widget: settings that look the same cost nothing.
    const QString sheet = sheetOf(colours, scale);
    if (application.styleSheet() == sheet)
        return;
    if (application.property("scale").toDouble() != scale) {
        application.setProperty("scale", scale);
        application.setStyle(new ScaledStyle(scale)); // the application owns it
        QFont font = application.font();
        font.setPointSizeF(application.property("systemPoints").toDouble() * scale);
        application.setFont(font);
    }
    application.setPalette(paletteOf(colours));
    application.setStyleSheet(sheet);
}

QIcon themeIcon(const QString& name, const QPalette& palette) {
    QFile file(":/icons/" + name + ".svg");
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    svg.replace("currentColor", palette.color(QPalette::WindowText).name().toLatin1());
    QSvgRenderer renderer(svg);
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, size, size));
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace ui
