#include "ingest/glob.h"

#include "ingest/filter.h"

#include <algorithm>
#include <vector>

namespace ingest {

namespace {

constexpr std::size_t longestPattern = 4096;

bool inNamedClass(std::string_view name, unsigned char c, bool& known) {
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    known = true;
    if (name == "alpha") return upper || lower;
    if (name == "digit") return digit;
    if (name == "alnum") return upper || lower || digit;
    if (name == "upper") return upper;
    if (name == "lower") return lower;
    if (name == "space") return c == ' ' || (c >= 9 && c <= 13);
    if (name == "blank") return c == ' ' || c == '\t';
    if (name == "punct") return c > 32 && c < 127 && !(upper || lower || digit);
    if (name == "xdigit") return digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    if (name == "cntrl") return c < 32 || c == 127;
    if (name == "graph") return c > 32 && c < 127;
    if (name == "print") return c >= 32 && c < 127;
    known = false;
    return false;
}

// What one element of a pattern that is not a star does with one character.
struct Element {
    std::size_t length = 0; // in the pattern; 0: the pattern is malformed and matches nothing
    bool matches = false;
};

Element bracket(std::string_view pattern, std::size_t at, unsigned char c) {
    std::size_t p = at + 1;
    const bool negated = p < pattern.size() && (pattern[p] == '!' || pattern[p] == '^');
    p += negated;
    bool matches = false;
    int previous = -1; // start of a possible range
    for (bool first = true;; first = false, ++p) {
        if (p >= pattern.size())
            return {};
        unsigned char element = pattern[p];
        if (element == ']' && !first)
            break;
        if (element == '-' && previous >= 0 && p + 1 < pattern.size() && pattern[p + 1] != ']') {
            ++p;
            if (pattern[p] == '\\' && ++p >= pattern.size())
                return {};
            matches |= c >= previous && c <= static_cast<unsigned char>(pattern[p]);
            previous = -1;
            continue;
        }
        if (element == '[' && p + 1 < pattern.size() && pattern[p + 1] == ':') {
            const std::size_t close = pattern.find(']', p + 2);
            if (close == std::string_view::npos)
                return {};
            if (close >= p + 3 && pattern[close - 1] == ':') {
                bool known = false;
                matches |= inNamedClass(pattern.substr(p + 2, close - p - 3), c, known);
                if (!known)
                    return {};
                p = close;
                previous = -1;
                continue;
            }
        }
        if (element == '\\') {
            if (++p >= pattern.size())
                return {};
            element = pattern[p];
        }
        matches |= element == c;
        previous = element;
    }
    return {p + 1 - at, matches != negated && c != '/'};
}

Element element(std::string_view pattern, std::size_t at, unsigned char c) {
    switch (pattern[at]) {
    case '?': return {1, c != '/'};
    case '[': return bracket(pattern, at, c);
    case '\\':
        if (at + 1 >= pattern.size())
            return {};
        return {2, static_cast<unsigned char>(pattern[at + 1]) == c};
    default: return {1, static_cast<unsigned char>(pattern[at]) == c};
    }
}

class Matcher {
public:
    Matcher(std::string_view pattern, std::string_view text)
        : m_pattern(pattern), m_text(text),
          m_remember(std::count(pattern.begin(), pattern.end(), '*') > 2) {
        if (m_remember)
            m_failed.resize((pattern.size() + 1) * (text.size() + 1));
    }

    bool matches(std::size_t p, std::size_t t) {
        while (p < m_pattern.size()) {
            if (m_pattern[p] == '*')
                return remembered(p, t);
            if (t >= m_text.size())
                return false;
            const Element one = element(m_pattern, p, m_text[t]);
            if (one.length == 0 || !one.matches)
                return false;
            p += one.length;
            ++t;
        }
        return t == m_text.size();
    }

private:
    // What failed at a place of the pattern and the text fails there again.
    bool remembered(std::size_t p, std::size_t t) {
        const std::size_t place = p * (m_text.size() + 1) + t;
        if (m_remember && m_failed[place])
            return false;
        const bool result = star(p, t);
        if (m_remember && !result)
            m_failed[place] = true;
        return result;
    }

    bool star(std::size_t p, std::size_t t) {
        std::size_t after = p + 1;
        while (after < m_pattern.size() && m_pattern[after] == '*')
            ++after;
        // Two stars or more that are a whole component cross slashes, and stand for no component at all as well.
        bool crosses = false;
        if (after - p > 1) {
            const bool opens = p == 0 || m_pattern[p - 1] == '/';
            const bool closes = after == m_pattern.size() || m_pattern[after] == '/'
                                || (m_pattern[after] == '\\' && after + 1 < m_pattern.size() && m_pattern[after + 1] == '/');
            crosses = opens && closes;
            if (crosses && after < m_pattern.size() && m_pattern[after] == '/' && matches(after + 1, t))
                return true;
        }
        if (after == m_pattern.size())
            return crosses || m_text.find('/', t) == std::string_view::npos;
        // Failing from here means failing from every place passed on the way: each is tried once per pattern.
        const std::size_t row = (after - 1) * (m_text.size() + 1), first = t;
        for (bool more = true; more; ++t) {
            if (m_remember && m_failed[row + t])
                break;
            if (matches(after, t))
                return true;
            more = t < m_text.size() && (m_text[t] != '/' || crosses);
        }
        if (m_remember)
            std::fill(m_failed.begin() + static_cast<std::ptrdiff_t>(row + first), m_failed.begin() + static_cast<std::ptrdiff_t>(row + t), true);
        return false;
    }

    std::string_view m_pattern, m_text;
    bool m_remember;
    std::vector<bool> m_failed;
};

} // namespace

bool wildMatch(std::string_view pattern, std::string_view text) {
    if (pattern.size() > longestPattern || text.size() > longestPattern)
        return false;
    return Matcher(pattern, text).matches(0, 0);
}

// As people type globs: without a slash any file or folder of that name, with one a path from the root; a folder
// stands for what lies in it.
bool globMatch(std::string_view pattern, std::string_view path) {
    while (pattern.starts_with("./"))
        pattern.remove_prefix(2);
    const bool folderOnly = pattern.ends_with('/');
    if (folderOnly)
        pattern.remove_suffix(1);
    const bool anchored = pattern.find('/') != std::string_view::npos;
    if (pattern.starts_with('/'))
        pattern.remove_prefix(1);
    if (pattern.empty())
        return folderOnly;
    for (std::size_t begin = 0; begin <= path.size();) {
        std::size_t end = path.find('/', begin);
        const bool isFile = end == std::string_view::npos;
        end = isFile ? path.size() : end;
        if (!(isFile && folderOnly) && wildMatch(pattern, anchored ? path.substr(0, end) : path.substr(begin, end - begin)))
            return true;
        begin = end + 1;
    }
    return false;
}

} // namespace ingest
