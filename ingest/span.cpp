#include "ingest/span.h"

#include "ingest/corpus.h"

#include <algorithm>
#include <charconv>

namespace ingest {

namespace {

// "12" or "12-20", numbers from 1; nothing else around them.
std::optional<std::pair<int, int>> parseRange(std::string_view text) {
    const char* const last = text.data() + text.size();
    int from = 0;
    auto [at, error] = std::from_chars(text.data(), last, from);
    if (error != std::errc() || text[0] == '-')
        return std::nullopt;
    int to = from;
    if (at != last) {
        if (*at != '-' || at + 1 == last || at[1] == '-')
            return std::nullopt;
        const auto result = std::from_chars(at + 1, last, to);
        if (result.ec != std::errc() || result.ptr != last)
            return std::nullopt;
    }
    if (from < 1 || to < from)
        return std::nullopt;
    return std::pair(from, to);
}

std::string rangeText(int from, int to) {
    return from == to ? std::to_string(from) : std::to_string(from) + "-" + std::to_string(to);
}

} // namespace

std::string_view textOf(const Corpus& corpus, const Span& span) {
    if (span.document >= corpus.documents().size())
        return {};
    const std::string_view text = corpus.document(span.document).text();
    const std::size_t begin = std::min(span.begin, text.size());
    return text.substr(begin, span.end > begin ? span.end - begin : 0);
}

std::string toString(const Corpus& corpus, const Span& span) {
    if (span.document >= corpus.documents().size())
        return {};
    const Document& document = corpus.document(span.document);
    // The last byte that belongs to the span; a span that ends with a newline does not reach into the next line.
    const std::size_t last = span.end > span.begin ? span.end - 1 : span.begin;
    if (!document.pages().empty())
        return document.path() + "#p" + rangeText(document.pageAt(span.begin), document.pageAt(last));
    return document.path() + ":" + rangeText(document.lineAt(span.begin), document.lineAt(last));
}

std::optional<Span> parseSpan(const Corpus& corpus, std::string_view text) {
    if (const auto index = corpus.find(text))
        return Span{*index, 0, corpus.document(*index).text().size()};
    if (const auto mark = text.rfind("#p"); mark != std::string_view::npos && mark > 0) {
        const auto index = corpus.find(text.substr(0, mark));
        const auto range = parseRange(text.substr(mark + 2));
        if (index && range) {
            const auto& pages = corpus.document(*index).pages();
            if (range->second > static_cast<int>(pages.size()))
                return std::nullopt;
            return Span{*index, pages[range->first - 1].begin, pages[range->second - 1].end};
        }
    }
    if (const auto mark = text.rfind(':'); mark != std::string_view::npos && mark > 0) {
        const auto index = corpus.find(text.substr(0, mark));
        const auto range = parseRange(text.substr(mark + 1));
        if (index && range) {
            const Document& document = corpus.document(*index);
            if (range->second > document.lineCount())
                return std::nullopt;
            return Span{*index, document.lineBegin(range->first), document.lineEnd(range->second)};
        }
    }
    return std::nullopt;
}

} // namespace ingest
