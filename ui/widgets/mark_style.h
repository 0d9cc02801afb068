// How severities, roles, origins and states look: a colour, a shape and a word each, so that nothing is said by colour
// alone. Colours follow the palette (light or dark) and keep 4.5:1 as text and 3:1 as marks. Pure; main thread.
// Source: product.md 5.
#pragma once

#include "app/report/report.h"

#include <QColor>
#include <QPalette>
#include <QString>

class QPainter;
class QRectF;

namespace ui {

bool isDark(const QPalette& palette);

struct MarkStyle {
    QChar shape;
    QString word;
    QColor colour;
};
MarkStyle styleOf(app::Severity severity, const QPalette& palette);
MarkStyle styleOf(app::EvidenceRole role, const QPalette& palette);  // site ●, cause ◀, guard ◇, counter ✕, support ○
MarkStyle styleOf(app::ProofState state, const QPalette& palette);
MarkStyle styleOf(app::Origin origin, const QPalette& palette);      // generated ◌
MarkStyle styleOf(app::Supports supports, const QPalette& palette);
QString demoBadge();                          // "demo model": on every sentence that the built-in model wrote
QString stateWord(const std::string& state); // "open" → "Open", in the user's language
QString sinceWord(const std::string& since);

QColor litColour(const QPalette& palette);    // behind the quote in view
QColor markedColour(const QPalette& palette); // behind other evidence
QColor quietColour(const QPalette& palette);  // secondary text, still 4.5:1
void paintShape(QPainter& painter, const QRectF& box, app::Severity severity, const QPalette& palette);

} // namespace ui
