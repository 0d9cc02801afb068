// Theme: the colours of the window as values, chosen from the palette in use, and the one function that dresses the
// application: light, dark or high contrast, at 80 to 200 %. Widgets that paint ask coloursOf(palette()); nothing else
// names a colour. Contrast is at least 4.5:1 for text and 3:1 for marks (design product.md 5). Main thread.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

#include <array>

class QApplication;

namespace ui {

struct Colours {
    bool dark = false;
    QColor accent, accentSoft;    // the one accent and its quiet ground
    QColor text, quiet, line;     // quiet text still has 4.5:1
    QColor panel, ground, raised; // surfaces, from the deepest up
    QColor good, warn, bad;
    std::array<QColor, 5> severity; // note … critical
    QColor code, prose, markdown, pdf, excluded; // kinds of files
    QColor uncached, cached, output;             // tokens
    QColor onFill;                               // text on the filled areas above
};

const Colours& coloursOf(const QPalette& palette);
// "system", "light", "dark", "high-contrast". Fonts, icons and spacing follow the percentage.
void applyTheme(QApplication& application, const QString& theme, int scalePercent);
// An icon of resources/icons in the text colour of the palette.
QIcon themeIcon(const QString& name, const QPalette& palette);
// Between two colours, 0 = a, 1 = b.
QColor mixed(const QColor& a, const QColor& b, double part);

} // namespace ui
