// Markdown of a model as plain values: blocks of text with styled ranges. A small dialect (headings, lists, quotes,
// fences, pipe tables, rules; emphasis, code, links); HTML and images stay text, nothing is ever loaded. Linear time:
// blocks are cut at 16 kB, nesting at eight. Appending parses only the last two blocks again, and gives what parsing
// the whole would. UTF-8 in, UTF-8 out; pure, any thread. Source: issue 7 (6), reliability.md P24.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

enum class BlockKind : std::uint8_t { Paragraph, Heading, Code, Item, Rule, Table };
enum TextStyle : std::uint8_t { PlainStyle = 0, StrongStyle = 1, EmphasisStyle = 2, CodeStyle = 4, StrikeStyle = 8, LinkStyle = 16, GreyStyle = 32 };

struct TextRange {
    std::size_t begin = 0, end = 0;
    std::uint8_t style = PlainStyle;
    std::string target; // of a link, as written
    bool operator==(const TextRange&) const = default;
};

struct StyledText {
    std::string text;
    std::vector<TextRange> ranges; // ascending, not overlapping
    bool operator==(const StyledText&) const = default;
};

// What the parser knows at the begin of a block; parsing can start again there.
struct MarkdownState {
    bool inFence = false, midLine = false, inTable = false;
    char fence = 0;
    int fenceLength = 0, fenceQuote = 0;
    std::string language;
    std::vector<int> indents; // columns of the open list items
    bool operator==(const MarkdownState&) const = default;
};

struct MarkdownBlock {
    BlockKind kind = BlockKind::Paragraph;
    int level = 0;      // heading 1..6, list depth 1..8
    int quoteDepth = 0; // "> > "
    std::string marker; // of an item: "•", "3.", "☐", "☑"; of code: its language
    StyledText content; // of a table: its rows as text, cells between tabs
    std::vector<std::vector<StyledText>> rows;
    std::size_t source = 0; // where it begins in the source
    MarkdownState before;
    bool operator==(const MarkdownBlock&) const = default;
};

// Adds the blocks of source[from..] to `blocks`.
void parseMarkdown(std::string_view source, std::size_t from, const MarkdownState& state, std::vector<MarkdownBlock>& blocks);
// `source` has grown at its end: parses the last two blocks and what follows again; gives the index of the first block that
// may have changed.
std::size_t reparseTail(std::string_view source, std::vector<MarkdownBlock>& blocks);
StyledText parseInline(std::string_view text);

} // namespace ui
