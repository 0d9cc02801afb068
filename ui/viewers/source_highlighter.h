// Light syntax colours of our own: comments, text, numbers, keywords, directives; one line at a time with a small state
// that goes from line to line. Knows some thirty languages in six families by their file names. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ui {

enum class Token : std::uint8_t { Comment, Text, Number, Keyword, Directive };

struct TokenRange {
    int begin = 0, end = 0; // bytes in the line
    Token token = Token::Comment;
};

class SourceHighlighter {
public:
    // The family by the path's ending; files of no known one stay plain.
    explicit SourceHighlighter(std::string_view path = {});
    bool plain() const { return m_family == Family::Plain; }

    // `state` is what the line before left (0 at the top); gives the tokens and what this line leaves.
    std::vector<TokenRange> line(std::string_view text, std::uint8_t& state) const;

private:
    enum class Family : std::uint8_t { Plain, C, Hash, Python, Dash, Markup };
    enum State : std::uint8_t { Nothing, BlockComment, TripleSingle, TripleDouble, Backtick };
    std::size_t closing(std::string_view text, std::size_t from, std::uint8_t state) const;
    Family m_family = Family::Plain;
};

} // namespace ui
