#define PCRE2_CODE_UNIT_WIDTH 8
#include "app/report/pattern.h"

#include <pcre2.h>

#include <stdexcept>
#include <string>

namespace app {

struct Pattern::Code {
    pcre2_code* code = nullptr;
    pcre2_match_context* context = nullptr;
    ~Code() {
        pcre2_code_free(code);
        pcre2_match_context_free(context);
    }
};

Pattern::Pattern(std::string_view expression, Letters letters) : m_code(std::make_unique<Code>()) {
    int error = 0;
    PCRE2_SIZE at = 0;
    // Bytes, not code points: what we look for is ASCII, and no byte of the text can be "invalid".
    const std::uint32_t options = PCRE2_MULTILINE | (letters == Letters::AnyCase ? PCRE2_CASELESS : 0u);
    m_code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), options,
                                 &error, &at, nullptr);
    if (!m_code->code)
        throw std::logic_error("A built-in pattern does not compile at " + std::to_string(at) + ": " +
                               std::string(expression));
    pcre2_jit_compile(m_code->code, PCRE2_JIT_COMPLETE);
    m_code->context = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(m_code->context, 1'000'000);
}

Pattern::~Pattern() = default;

bool Pattern::next(std::string_view text, std::size_t& from, PatternMatch& match) const {
    if (from > text.size()) return false;
    struct Freed {
        pcre2_match_data* data;
        ~Freed() { pcre2_match_data_free(data); }
    };
    // One per thread and pattern size would be faster to find than to make only for tiny texts.
    const Freed held{pcre2_match_data_create(10, nullptr)};
    const int count = pcre2_match(m_code->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                  0, held.data, m_code->context);
    if (count < 0) {
        from = text.size() + 1;
        return false;
    }
    const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(held.data);
    match.begin = ends[0];
    match.end = ends[1];
    for (std::size_t i = 0; i < match.groups.size(); ++i) {
        const bool took = i < static_cast<std::size_t>(count == 0 ? 10 : count) && ends[2 * i] != PCRE2_UNSET;
        match.groups[i] = took ? text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]) : std::string_view();
    }
    from = match.end > match.begin ? match.end : match.end + 1;
    return true;
}

bool Pattern::matches(std::string_view text) const {
    std::size_t from = 0;
    PatternMatch match;
    return next(text, from, match);
}

} // namespace app
