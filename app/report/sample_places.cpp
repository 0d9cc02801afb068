#include "app/report/sample_places.h"

#include "app/backend/usage.h"
#include "app/report/checks/check.h"
#include "app/report/summary_text.h"
#include "ingest/kind.h"
#include "ingest/search.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace app {

namespace {

// The sizes of the records the model was trained on (resources/nano/data.py).
constexpr int leastLines = 3, mostLines = 40;
constexpr std::size_t leastSection = 150, mostSection = 2000, mostFunction = 2000;

struct Candidate {
    SamplePlace place;
    int rank = 0; // lower is asked first
};

bool trainedOn(std::string_view language) {
    return language == "python" || language == "go" || language == "rust";
}

// The lines of a function without the comments inside that say what it does: the model is to say it.
std::string withoutDocstring(const std::string& text, const ingest::Span& span,
                             const std::vector<CommentBlock>& comments) {
    for (const CommentBlock& block : comments)
        if (block.docstring && block.begin >= span.begin && block.end <= span.end) {
            const auto line = text.rfind('\n', block.begin);
            const std::size_t from = line == std::string::npos ? span.begin : std::max(line + 1, span.begin);
            const std::size_t to = std::min(text.find('\n', block.end), span.end - 1) + 1;
            return text.substr(span.begin, from - span.begin) + text.substr(to, span.end - to);
        }
    return text.substr(span.begin, span.end - span.begin);
}

bool commented(const std::string& text, const ingest::Span& span, const std::vector<CommentBlock>& comments) {
    return std::any_of(comments.begin(), comments.end(), [&](const CommentBlock& block) {
        if (block.docstring) return block.begin >= span.begin && block.end <= span.end;
        return block.end <= span.begin &&
               std::all_of(text.begin() + static_cast<std::ptrdiff_t>(block.end),
                           text.begin() + static_cast<std::ptrdiff_t>(span.begin),
                           [](char c) { return c == ' ' || c == '\t' || c == '\n'; }) &&
               std::count(text.begin() + static_cast<std::ptrdiff_t>(block.end),
                          text.begin() + static_cast<std::ptrdiff_t>(span.begin), '\n') <= 1;
    });
}

void addFunctions(const ingest::Corpus& corpus, std::uint32_t index, std::vector<Candidate>& into) {
    const ingest::Document& document = corpus.document(index);
    const std::string& text = document.text();
    const std::string_view language =
        ingest::languageOf(document.path(), std::string_view(text).substr(0, 200));
    const auto comments = commentBlocks(text, language);
    for (const ingest::Symbol& symbol : ingest::outline(corpus, index)) {
        if ((symbol.kind != "function" && symbol.kind != "method") || symbol.span.end <= symbol.span.begin)
            continue;
        const int first = document.lineAt(symbol.span.begin), last = document.lineAt(symbol.span.end - 1);
        const ingest::Span span{index, document.lineBegin(first), document.lineEnd(last)};
        if (last - first + 1 < leastLines || last - first + 1 > mostLines ||
            span.end - span.begin > mostFunction)
            continue;
        const int rank = (trainedOn(language) ? 0 : 2) + (commented(text, span, comments) ? 1 : 0) +
                         (checks::isTestPath(document.path()) ? 4 : 0);
        into.push_back({{span, SampleKind::Function, symbol.name, withoutDocstring(text, span, comments),
                         document.path()},
                        rank});
    }
}

void addSections(const ingest::Corpus& corpus, std::uint32_t index, std::vector<Candidate>& into) {
    const ingest::Document& document = corpus.document(index);
    const auto& items = document.outline();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const int heading = document.lineAt(items[i].begin);
        const int last =
            i + 1 < items.size() ? document.lineAt(items[i + 1].begin) - 1 : document.lineCount();
        if (last <= heading) continue;
        std::size_t begin = document.lineBegin(heading + 1), end = document.lineEnd(last);
        const std::string& text = document.text();
        while (begin < end && (text[begin] == '\n' || text[begin] == ' ')) ++begin;
        while (end > begin && (text[end - 1] == '\n' || text[end - 1] == ' ')) --end;
        if (end - begin < leastSection || end - begin > mostSection) continue;
        into.push_back({{{index, begin, end},
                         SampleKind::Section,
                         items[i].title,
                         text.substr(begin, end - begin),
                         document.path()},
                        0});
    }
}

// The best of each document in turn, then the second best of each, until there are enough.
void take(std::vector<Candidate> from, std::size_t most, std::vector<SamplePlace>& into) {
    const auto key = [](const Candidate& c) {
        return std::tuple(c.rank, c.place.span.document, c.place.span.begin);
    };
    std::sort(from.begin(), from.end(),
              [&](const Candidate& a, const Candidate& b) { return key(a) < key(b); });
    std::map<std::uint32_t, int> heard;
    std::vector<std::pair<int, std::size_t>> order;
    for (std::size_t i = 0; i < from.size(); ++i) order.emplace_back(heard[from[i].place.span.document]++, i);
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    order.resize(std::min(order.size(), most));
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
        const ingest::Span &one = from[a.second].place.span, &other = from[b.second].place.span;
        return std::tuple(one.document, one.begin) < std::tuple(other.document, other.begin);
    });
    for (const auto& [round, i] : order) into.push_back(std::move(from[i].place));
}

} // namespace

std::vector<SamplePlace> samplePlaces(const ingest::Corpus& corpus, std::stop_token stop) {
    std::vector<Candidate> functions, sections;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i) {
        const ingest::Kind kind = corpus.document(i).kind();
        // Enough to choose from: a large tree is not scanned to its end for a few samples.
        if (kind == ingest::Kind::Code && functions.size() < 50 * mostSampleFunctions)
            addFunctions(corpus, i, functions);
        else if (kind == ingest::Kind::Markdown && sections.size() < 50 * mostSampleSections)
            addSections(corpus, i, sections);
    }
    std::vector<SamplePlace> places;
    take(std::move(functions), mostSampleFunctions, places);
    take(std::move(sections), mostSampleSections, places);
    return places;
}

RunShape shapeOf(const std::vector<SamplePlace>& places) {
    RunShape shape;
    std::int64_t tokens = 0;
    for (const SamplePlace& place : places) tokens += estimateTokens(place.text);
    shape.calls = static_cast<std::int64_t>(places.size());
    shape.tail = shape.calls > 0 ? tokens / shape.calls + 1 : 0;
    shape.answerLow = 8;
    shape.answer = 40;
    shape.parallel = 1;
    shape.exactTokens = false;
    return shape;
}

} // namespace app
