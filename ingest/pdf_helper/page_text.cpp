#include "ingest/pdf_helper/page_text.h"

#include "ingest/document.h"
#include "ingest/pdf_reply.h"

#include <algorithm>
#include <cmath>

namespace pdfhelper {

namespace {

constexpr double tinyPoints = 2.0;
constexpr double maybeTinyBox = 3.5;     // a box this low is worth asking for the font size
constexpr std::size_t squeezedFrom = 8;  // characters; ligatures spell at most a handful
constexpr double squeezedWidth = 0.1;    // of the line height, for one character

void append(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

bool isSpace(char32_t c) {
    return c == ' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x3000 || c == 0xFEFF;
}

bool isLetter(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c < 0x250)
        || (c >= 0x370 && c < 0x2000) || (c >= 0x3041 && c < 0xD7FF) || (c >= 0xFB00 && c < 0xFB07);
}

template <typename Each> std::size_t eachCharacter(const poppler::ustring& text, const Each& each) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i, ++count) {
        char32_t c = text[i];
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000)
            c = 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00);
        if (i == 0 && c == 0xFEFF && text.size() > 1) { // the byte order mark that the conversion may leave
            --count;
            continue;
        }
        if ((c >= 0xD800 && c < 0xE000) || c < 0x20 || (c >= 0x7F && c < 0xA0))
            c = 0xFFFD;
        each(c);
    }
    return count;
}

float fraction(double value, double whole) {
    if (!(whole > 0) || !std::isfinite(value))
        return 0;
    return static_cast<float>(std::clamp(value / whole, 0.0, 1.0));
}

// Baseline and line height along the direction in which lines follow each other.
struct Line {
    double baseline = 0, height = 0;
    int rotation = -1;
};

Line lineOf(const poppler::text_box& box) {
    const poppler::rectf r = box.bbox();
    switch (box.rotation()) {
    case 1:
        return {r.left(), r.width(), 1};
    case 2:
        return {r.top(), r.height(), 2};
    case 3:
        return {r.right(), r.width(), 3};
    default:
        return {r.bottom(), r.height(), 0};
    }
}

char separator(const Line& before, const Line& now, bool spaceAfter) {
    if (spaceAfter)
        return ' ';
    const double height = std::max(before.height, now.height);
    if (before.rotation != now.rotation || std::fabs(now.baseline - before.baseline) > height / 2)
        return '\n';
    return '\t';
}

std::uint8_t visibility(const poppler::text_box& box, const Line& line, std::size_t characters, double pageWidth,
                        double pageHeight, bool& askFont) {
    const poppler::rectf r = box.bbox();
    const double middleX = (r.left() + r.right()) / 2, middleY = (r.top() + r.bottom()) / 2;
    if (!(middleX >= 0 && middleX <= pageWidth && middleY >= 0 && middleY <= pageHeight))
        return static_cast<std::uint8_t>(ingest::Hidden::OffPage);
    const double length = line.rotation % 2 ? r.height() : r.width();
    if (characters >= squeezedFrom && length < characters * squeezedWidth * line.height)
        return static_cast<std::uint8_t>(ingest::Hidden::Tiny);
    if (line.height < maybeTinyBox) {
        if (!box.has_font_info())
            askFont = true;
        else if (box.get_font_size() < tinyPoints)
            return static_cast<std::uint8_t>(ingest::Hidden::Tiny);
    }
    return static_cast<std::uint8_t>(ingest::Hidden::No);
}

PageContent join(const std::vector<poppler::text_box>& boxes, double width, double height, bool& askFont) {
    PageContent result;
    Line before;
    bool spaceAfter = false;
    for (const poppler::text_box& box : boxes) {
        const poppler::ustring source = box.text();
        PlacedWord word;
        std::string text;
        bool visible = false;
        const std::size_t characters = eachCharacter(source, [&](char32_t c) {
            visible |= !isSpace(c);
            word.letters |= isLetter(c);
            append(text, c);
        });
        if (!visible)
            continue;
        if (result.text.size() + text.size() + 2 > ingest::pdf::maxPageText) {
            result.tooLarge = true;
            break;
        }
        const Line line = lineOf(box);
        if (!result.text.empty())
            result.text += separator(before, line, spaceAfter);
        word.begin = result.text.size();
        result.text += text;
        word.end = result.text.size();
        const poppler::rectf r = box.bbox();
        word.x = fraction(r.left(), width);
        word.y = fraction(r.top(), height);
        word.w = std::max(0.f, fraction(r.right(), width) - word.x);
        word.h = std::max(0.f, fraction(r.bottom(), height) - word.y);
        word.hidden = visibility(box, line, characters, width, height, askFont);
        result.words.push_back(word);
        before = line;
        spaceAfter = box.has_space_after();
    }
    if (!result.text.empty())
        result.text += '\n';
    return result;
}

} // namespace

std::string toUtf8(const poppler::ustring& text) {
    std::string out;
    eachCharacter(text, [&](char32_t c) { append(out, c); });
    return out;
}

PageContent readPage(const poppler::page& page) {
    const poppler::rectf sheet = page.page_rect();
    double width = std::fabs(sheet.width()), height = std::fabs(sheet.height());
    const auto orientation = page.orientation();
    if (orientation == poppler::page::landscape || orientation == poppler::page::seascape)
        std::swap(width, height);
    bool askFont = false;
    PageContent result = join(page.text_list(), width, height, askFont);
    // Font sizes double the cost of a page, so they are asked for only where something looks too small.
    if (askFont)
        result = join(page.text_list(poppler::page::text_list_include_font), width, height, askFont);
    result.width = std::isfinite(width) ? static_cast<float>(width) : 0;
    result.height = std::isfinite(height) ? static_cast<float>(height) : 0;
    result.label = toUtf8(page.label());
    return result;
}

} // namespace pdfhelper
