#include "ui/widgets/visible_text.h"

#include <QChar>

#include <algorithm>

namespace ui {

namespace {

struct Decoded {
    char32_t point = 0;
    int bytes = 1;
    bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(at);
    if (first < 0x80)
        return {first, 1, true};
    const int bytes = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first >= 0xf5 || at + std::size_t(bytes) > text.size())
        return {first, 1, false};
    char32_t point = first & (0xffu >> (bytes + 1));
    for (int i = 1; i < bytes; ++i) {
        if ((byte(at + std::size_t(i)) & 0xc0u) != 0x80u)
            return {first, 1, false};
        point = point << 6 | (byte(at + std::size_t(i)) & 0x3fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[bytes] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return {first, 1, false};
    return {point, bytes, true};
}

QString escapeOf(const Decoded& c) {
    return c.valid ? QStringLiteral("\\u{%1}").arg(uint(c.point), 0, 16) : QStringLiteral("\\x%1").arg(uint(c.point), 2, 16, QLatin1Char('0'));
}

void append(QString& out, char32_t point) {
    if (point < 0x10000) {
        out.append(QChar(char16_t(point)));
        return;
    }
    out.append(QChar(QChar::highSurrogate(point)));
    out.append(QChar(QChar::lowSurrogate(point)));
}

} // namespace

bool isUnseen(char32_t point) {
    if (point >= 0x20 && point < 0x7f)
        return false;
    const bool filler = point == 0x34f || point == 0x115f || point == 0x1160 || point == 0x17b4 || point == 0x17b5 || point == 0x3164 ||
                        point == 0xffa0 || point == 0x2800 || (point >= 0x180b && point <= 0x180f) || (point >= 0xfe00 && point <= 0xfe0f) ||
                        (point >= 0xe0000 && point <= 0xe0fff);
    if (filler || point > 0x10ffff)
        return true;
    switch (QChar::category(point)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

QString visibleText(std::string_view utf8, Breaks breaks) {
    QString out;
    out.reserve(qsizetype(utf8.size()));
    for (std::size_t at = 0; at < utf8.size();) {
        const Decoded c = decode(utf8, at);
        const bool keep = breaks == Breaks::Keep && (c.point == '\n' || c.point == '\t');
        if (!c.valid)
            out += escapeOf(c);
        else if (keep || !isUnseen(c.point))
            append(out, c.point);
        else if (c.point == '\n' || c.point == '\t')
            out += QLatin1Char(' ');
        else if (!(c.point == '\r' && at + 1 < utf8.size() && utf8[at + 1] == '\n'))
            out += escapeOf(c);
        at += std::size_t(c.bytes);
    }
    return out;
}

QString visibleText(const QString& text, Breaks breaks) {
    const QByteArray utf8 = text.toUtf8();
    return visibleText(std::string_view(utf8.constData(), std::size_t(utf8.size())), breaks);
}

VisibleLine visibleLine(std::string_view utf8, int tabWidth) {
    VisibleLine line;
    line.text.reserve(qsizetype(utf8.size()));
    line.columnOf.assign(utf8.size() + 1, 0);
    for (std::size_t at = 0; at < utf8.size();) {
        const Decoded c = decode(utf8, at);
        const int column = int(line.text.size());
        for (int i = 0; i < c.bytes; ++i)
            line.columnOf[at + std::size_t(i)] = column;
        if (c.valid && c.point == '\t') {
            line.text.append(QString(tabWidth - column % tabWidth, QLatin1Char(' ')));
        } else if (c.valid && c.point == '\r' && at + 1 == utf8.size()) {
            // The carriage return of a DOS line end stands for nothing a person could miss.
        } else if (c.valid && !isUnseen(c.point)) {
            append(line.text, c.point);
        } else {
            line.text += escapeOf(c);
            line.escapes.emplace_back(column, int(line.text.size()));
        }
        at += std::size_t(c.bytes);
    }
    line.columnOf[utf8.size()] = int(line.text.size());
    return line;
}

int VisibleLine::byteAt(int column) const {
    const auto next = std::upper_bound(columnOf.begin(), columnOf.end(), column);
    if (next == columnOf.end())
        return int(columnOf.size()) - 1;
    if (next == columnOf.begin())
        return 0;
    return int(std::lower_bound(columnOf.begin(), columnOf.end(), *(next - 1)) - columnOf.begin());
}

} // namespace ui
