#include "ingest/markdown_headings.h"

namespace ingest {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::size_t indentOf(std::string_view line) {
    std::size_t indent = 0;
    while (indent < line.size() && line[indent] == ' ')
        ++indent;
    return indent;
}

// Length of a run of the line's first character when it is ` or ~ and at least three long.
std::size_t fenceOf(std::string_view line) {
    if (line.empty() || (line[0] != '`' && line[0] != '~'))
        return 0;
    std::size_t length = line.find_first_not_of(line[0]);
    length = length == std::string_view::npos ? line.size() : length;
    return length >= 3 ? length : 0;
}

// "## Title ##" gives level 2 and its title; level 0 is no heading.
int hashHeading(std::string_view line, std::string_view& title) {
    std::size_t level = 0;
    while (level < line.size() && line[level] == '#')
        ++level;
    if (level == 0 || level > 6 || (level < line.size() && line[level] != ' ' && line[level] != '\t'))
        return 0;
    title = trimmed(line.substr(level));
    const auto last = title.find_last_not_of('#');
    if (last == std::string_view::npos)
        title = {};
    else if (last + 1 < title.size() && (title[last] == ' ' || title[last] == '\t'))
        title = trimmed(title.substr(0, last));
    return static_cast<int>(level);
}

int underline(std::string_view line) {
    const std::string_view mark = trimmed(line);
    if (mark.empty() || (mark[0] != '=' && mark[0] != '-') || mark.find_first_not_of(mark[0]) != std::string_view::npos)
        return 0;
    return mark[0] == '=' ? 1 : 2;
}

bool mayBeUnderlined(std::string_view line) {
    return !line.empty() && std::string_view("#>-*+|<`=").find(line[0]) == std::string_view::npos;
}

} // namespace

std::vector<OutlineItem> markdownHeadings(std::string_view text) {
    std::vector<OutlineItem> headings;
    char fence = 0;
    std::size_t fenceLength = 0;
    std::string_view paragraph; // the line above, when a line of = or - would make it a heading
    std::size_t paragraphBegin = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = text.find('\n', begin);
        end = end == std::string_view::npos ? text.size() : end;
        const std::string_view whole = text.substr(begin, end - begin);
        const std::size_t indent = indentOf(whole);
        const std::string_view line = trimmed(whole);
        const std::size_t length = fenceOf(line);
        std::string_view title;
        std::string_view above = paragraph;
        paragraph = {};
        if (fence) {
            if (length >= fenceLength && line[0] == fence && line.find_first_not_of(fence) == std::string_view::npos)
                fence = 0;
        } else if (length > 0) {
            fence = line[0];
            fenceLength = length;
        } else if (indent <= 3) {
            if (const int level = hashHeading(line, title))
                headings.push_back({std::string(title), level, begin, 0});
            else if (const int underlined = above.empty() ? 0 : underline(line))
                headings.push_back({std::string(above), underlined, paragraphBegin, 0});
            else if (mayBeUnderlined(line)) {
                paragraph = line;
                paragraphBegin = begin;
            }
        }
        begin = end + 1;
    }
    return headings;
}

} // namespace ingest
