#include "ingest/search.h"

#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/outline.h"

#include <chrono>
#include <cstring>
#include <memory>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace ingest {

namespace {

constexpr auto longestSearch = std::chrono::seconds(10);
constexpr std::uint32_t matchLimit = 1'000'000; // steps of one match: about 20 ms
constexpr std::uint32_t heapLimit = 64 << 10;   // KiB
constexpr int mostLimitHits = 20;               // per document; then it is left
constexpr std::size_t stackBytes = 1 << 20;     // of compiled patterns

class Deadline {
public:
    explicit Deadline(std::stop_token stop) : m_stop(std::move(stop)), m_end(std::chrono::steady_clock::now() + longestSearch) {}
    bool stopped() const { return m_stop.stop_requested(); }
    // The clock costs more than a short match, so that every 64th call looks at it.
    bool passed() {
        m_passed = m_passed || (++m_calls % 64 == 0 && std::chrono::steady_clock::now() > m_end);
        return m_passed || stopped();
    }
    bool outOfTime() const { return m_passed; }
    // From inside a match: the clock at every call.
    bool passedNow() {
        m_passed = m_passed || std::chrono::steady_clock::now() > m_end;
        return m_passed || stopped();
    }

private:
    std::stop_token m_stop;
    std::chrono::steady_clock::time_point m_end;
    unsigned m_calls = 0;
    bool m_passed = false;
};

class Collector {
public:
    Collector(SearchResult& result, std::size_t limit) : m_result(result), m_limit(limit) {}
    void add(std::uint32_t document, std::size_t begin, std::size_t end) {
        ++m_result.total;
        if (m_result.hits.size() < m_limit)
            m_result.hits.push_back({document, begin, end});
    }

private:
    SearchResult& m_result;
    std::size_t m_limit;
};

void searchLiteral(std::uint32_t index, const std::string& text, const std::string& wanted, Collector& hits, Deadline& deadline) {
    const char* const last = text.data() + text.size();
    for (const char* at = text.data(); !deadline.passed();) {
        const auto* found = static_cast<const char*>(::memmem(at, last - at, wanted.data(), wanted.size()));
        if (!found)
            return;
        const std::size_t begin = found - text.data();
        hits.add(index, begin, begin + wanted.size());
        at = found + wanted.size();
    }
}

// A compiled pattern with all it needs for matching.
class Pattern {
public:
    Pattern(const SearchQuery& query, std::string& problem) {
        std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
        // Of a literal text only case is left to fold.
        if (query.mode == SearchMode::Literal)
            options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_LITERAL;
        if (!query.caseSensitive)
            options |= PCRE2_CASELESS;
        // One match may try every place of a text, and compiled code does not count the steps of a repeat: where there
        // is one, the matcher calls out as it goes and can be ended.
        const bool repeats = query.mode == SearchMode::Pattern && query.text.find_first_of("*+{?") != std::string::npos;
        if (repeats)
            options |= PCRE2_AUTO_CALLOUT;
        int error = 0;
        PCRE2_SIZE offset = 0;
        m_compile.reset(pcre2_compile_context_create(nullptr));
        pcre2_set_max_pattern_length(m_compile.get(), 10000);
        m_code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(query.text.data()), query.text.size(), options, &error, &offset, m_compile.get()));
        if (!m_code) {
            problem = "the pattern does not compile: " + message(error) + " at character " + std::to_string(offset + 1);
            return;
        }
        pcre2_jit_compile(m_code.get(), PCRE2_JIT_COMPLETE); // without it matching is slower, not different
        m_match.reset(pcre2_match_context_create(nullptr));
        pcre2_set_match_limit(m_match.get(), matchLimit);
        pcre2_set_heap_limit(m_match.get(), heapLimit);
        if (repeats)
            pcre2_set_callout(m_match.get(), &Pattern::callOut, &m_watch);
        m_stack.reset(pcre2_jit_stack_create(32 << 10, stackBytes, nullptr));
        pcre2_jit_stack_assign(m_match.get(), nullptr, m_stack.get());
        m_data.reset(pcre2_match_data_create(1, nullptr));
    }

    explicit operator bool() const { return m_code != nullptr; }

    // False where a limit ended the search early.
    bool search(std::uint32_t index, const std::string& text, Collector& hits, Deadline& deadline, std::string& problem) {
        bool complete = true;
        int limitHits = 0;
        m_watch.deadline = &deadline;
        for (std::size_t at = 0; at <= text.size() && !deadline.passed();) {
            const int result = pcre2_match(m_code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, PCRE2_NOTEMPTY,
                                           m_data.get(), m_match.get());
            if (result == PCRE2_ERROR_NOMATCH)
                return complete;
            if (result == PCRE2_ERROR_CALLOUT)
                return false; // the deadline says why
            if (result < 0) {
                // Too costly from here: try again from the next line, and say that something may be missing.
                complete = false;
                problem = "the pattern is too costly for some texts (" + message(result) + "), so that hits may be missing";
                const std::size_t newline = text.find('\n', at);
                if (++limitHits >= mostLimitHits || newline == std::string::npos)
                    return false;
                at = newline + 1;
                continue;
            }
            const PCRE2_SIZE* const place = pcre2_get_ovector_pointer(m_data.get());
            // With \K a match may begin after its end.
            if (place[1] > place[0])
                hits.add(index, place[0], place[1]);
            at = std::max(place[1], at + 1);
        }
        return complete;
    }

private:
    template <auto Free>
    struct Freed {
        template <typename T>
        void operator()(T* value) const { Free(value); }
    };

    struct Watch {
        Deadline* deadline = nullptr;
        unsigned calls = 0;
    };

    static int callOut(pcre2_callout_block*, void* data) {
        auto* watch = static_cast<Watch*>(data);
        return ++watch->calls % 1024 == 0 && watch->deadline->passedNow() ? PCRE2_ERROR_CALLOUT : 0;
    }

    static std::string message(int error) {
        unsigned char text[256] = {};
        pcre2_get_error_message(error, text, sizeof text);
        return reinterpret_cast<const char*>(text);
    }

    std::unique_ptr<pcre2_compile_context, Freed<pcre2_compile_context_free>> m_compile;
    std::unique_ptr<pcre2_code, Freed<pcre2_code_free>> m_code;
    std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> m_match;
    std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>> m_stack;
    std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> m_data;
    Watch m_watch;
};

bool sameName(std::string_view a, std::string_view b, bool caseSensitive) {
    if (caseSensitive)
        return a == b;
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
        const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
        return lower(x) == lower(y);
    });
}

// Definitions of a symbol; "Scope::name" and "Scope.name" ask for the one inside that scope.
void searchName(const Corpus& corpus, std::uint32_t index, const SearchQuery& query, Collector& hits) {
    const Document& document = corpus.document(index);
    std::string_view name = query.text, scope;
    for (const std::string_view mark : {std::string_view("::"), std::string_view(".")})
        if (const auto at = name.rfind(mark); at != std::string_view::npos && at > 0 && at + mark.size() < name.size()) {
            scope = name.substr(0, at);
            name.remove_prefix(at + mark.size());
            break;
        }
    if (query.caseSensitive && document.text().find(name) == std::string::npos)
        return;
    for (const Symbol& symbol : scanSymbols(document, index)) {
        const bool whole = sameName(symbol.name, query.text, query.caseSensitive);
        const bool scoped = !scope.empty() && sameName(symbol.name, name, query.caseSensitive)
                            && (sameName(symbol.scope, scope, query.caseSensitive)
                                || (symbol.scope.size() > scope.size()
                                    && sameName(std::string_view(symbol.scope).substr(symbol.scope.size() - scope.size()), scope, query.caseSensitive)));
        if (whole || scoped)
            hits.add(index, symbol.span.begin, symbol.span.end);
    }
}

} // namespace

SearchResult search(const Corpus& corpus, const SearchQuery& query, std::stop_token stop) {
    SearchResult result;
    if (query.text.empty()) {
        result.problem = "there is nothing to search for: give a text";
        return result;
    }
    const bool plain = query.mode == SearchMode::Literal && query.caseSensitive;
    std::unique_ptr<Pattern> pattern;
    if (!plain && query.mode != SearchMode::Name) {
        pattern = std::make_unique<Pattern>(query, result.problem);
        if (!*pattern)
            return result;
    }
    Collector hits(result, query.limit);
    Deadline deadline(std::move(stop));
    for (std::uint32_t index = 0; index < corpus.documents().size() && !deadline.passed(); ++index) {
        const Document& document = corpus.document(index);
        if (!query.scope.empty() && !globMatch(query.scope, document.path()))
            continue;
        if (plain)
            searchLiteral(index, document.text(), query.text, hits, deadline);
        else if (query.mode == SearchMode::Name)
            searchName(corpus, index, query, hits);
        else if (!pattern->search(index, document.text(), hits, deadline, result.problem))
            result.complete = false;
    }
    if (deadline.outOfTime())
        result.problem = "the search took longer than " + std::to_string(longestSearch.count()) + " seconds and was ended";
    if (deadline.outOfTime() || deadline.stopped())
        result.complete = false;
    return result;
}

} // namespace ingest
