#include "ingest/document.h"

#include "ingest/markdown_headings.h"

#include <algorithm>
#include <cstring>

namespace ingest {

namespace {

// A line ends with its newline; a newline at the very end of the text starts no further line.
std::vector<std::uint32_t> lineBegins(const std::string& text) {
    std::vector<std::uint32_t> begins;
    begins.reserve(1 + std::count(text.begin(), text.end(), '\n'));
    begins.push_back(0);
    const char* const first = text.data();
    const char* const last = first + text.size();
    for (const char* at = first; at < last;) {
        const auto* newline = static_cast<const char*>(std::memchr(at, '\n', last - at));
        if (!newline || newline + 1 == last)
            break;
        at = newline + 1;
        begins.push_back(static_cast<std::uint32_t>(at - first));
    }
    return begins;
}

Box unite(const Box& a, const Box& b) {
    const float x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.x + a.w, b.x + b.w) - x, std::max(a.y + a.h, b.y + b.h) - y};
}

} // namespace

const char* kindName(Kind kind) {
    switch (kind) {
    case Kind::Code: return "code";
    case Kind::Text: return "text";
    case Kind::Markdown: return "markdown";
    case Kind::Pdf: return "pdf";
    }
    return "text";
}

Document::Document(std::string path, Kind kind, std::string text, std::string sha256, std::uint64_t fileBytes)
    : m_path(std::move(path)), m_kind(kind), m_text(std::move(text)), m_sha256(std::move(sha256)),
      m_fileBytes(fileBytes), m_lines(lineBegins(m_text)) {
    if (kind == Kind::Markdown)
        m_outline = markdownHeadings(m_text);
}

Document::Document(std::string path, std::string text, std::string sha256, std::uint64_t fileBytes,
                   std::vector<Page> pages, std::vector<OutlineItem> outline)
    : m_path(std::move(path)), m_kind(Kind::Pdf), m_text(std::move(text)), m_sha256(std::move(sha256)),
      m_fileBytes(fileBytes), m_lines(lineBegins(m_text)), m_pages(std::move(pages)), m_outline(std::move(outline)) {}

int Document::lineCount() const {
    return static_cast<int>(m_lines.size());
}

int Document::lineAt(std::size_t byte) const {
    return static_cast<int>(std::upper_bound(m_lines.begin(), m_lines.end(), byte) - m_lines.begin());
}

std::size_t Document::lineBegin(int line) const {
    return m_lines[std::clamp(line, 1, lineCount()) - 1];
}

std::size_t Document::lineEnd(int line) const {
    line = std::clamp(line, 1, lineCount());
    const std::size_t begin = m_lines[line - 1];
    std::size_t end = line < lineCount() ? m_lines[line] : m_text.size();
    if (end > begin && m_text[end - 1] == '\n') {
        --end;
        if (end > begin && m_text[end - 1] == '\r')
            --end;
    }
    return end;
}

std::string_view Document::line(int line) const {
    const std::size_t begin = lineBegin(line);
    return std::string_view(m_text).substr(begin, lineEnd(line) - begin);
}

int Document::pageAt(std::size_t byte) const {
    const auto after = std::upper_bound(m_pages.begin(), m_pages.end(), byte,
                                        [](std::size_t at, const Page& page) { return at < page.begin; });
    return after == m_pages.begin() ? static_cast<int>(!m_pages.empty()) : static_cast<int>(after - m_pages.begin());
}

std::vector<Box> Document::boxes(std::size_t begin, std::size_t end) const {
    std::vector<Box> boxes;
    int lastPage = 0, lastLine = 0;
    for (int number = pageAt(begin); number >= 1 && number <= static_cast<int>(m_pages.size()); ++number) {
        const Page& page = m_pages[number - 1];
        if (page.begin >= end)
            break;
        auto word = std::partition_point(page.words.begin(), page.words.end(),
                                         [begin](const Word& w) { return w.end <= begin; });
        for (; word != page.words.end() && word->begin < end; ++word) {
            const int line = lineAt(word->begin);
            if (number == lastPage && line == lastLine)
                boxes.back() = unite(boxes.back(), word->box);
            else
                boxes.push_back(word->box);
            lastPage = number, lastLine = line;
        }
    }
    return boxes;
}

} // namespace ingest
