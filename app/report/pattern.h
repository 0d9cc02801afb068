// A regular expression of ours (never the corpus's), compiled once with PCRE2 and matched under limits.
// Immutable after construction; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace app {

struct PatternMatch {
    std::size_t begin = 0, end = 0;
    std::array<std::string_view, 10> groups; // 0 = the whole match; empty where a group took no part
};

enum class Letters : bool { AsWritten, AnyCase };

class Pattern {
public:
    explicit Pattern(std::string_view expression, Letters letters = Letters::AsWritten);
    ~Pattern();
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;
    // The first match at or after `from`; false at the end. `from` moves behind the match.
    bool next(std::string_view text, std::size_t& from, PatternMatch& match) const;
    bool matches(std::string_view text) const;

private:
    struct Code;
    std::unique_ptr<Code> m_code;
};

} // namespace app
