// Evidence is cut here and nowhere else: from a Span, with its page rectangles and the lines around it.
#include "app/report/citation.h"
#include "app/report/text_folding.h"

#include <algorithm>

namespace app {

using ingest::Document;
using ingest::Span;

namespace {

constexpr std::size_t widestContext = 600; // bytes on each side, whatever the line length

std::size_t startOfCharacter(const std::string& text, std::size_t at) {
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) {
        ++at;
    }
    return at;
}

std::size_t endOfCharacter(const std::string& text, std::size_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) {
        --at;
    }
    return at;
}

void addContext(const Document& document, Evidence& evidence, int lines) {
    const std::string& text = document.text();
    const auto begin = static_cast<std::size_t>(evidence.begin);
    const auto end = static_cast<std::size_t>(evidence.end);
    const int first = std::max(1, document.lineAt(begin) - lines);
    const int last = std::min(document.lineCount(), document.lineAt(end > begin ? end - 1 : begin) + lines);
    std::size_t from = document.lineBegin(first);
    std::size_t to = std::max(end, document.lineEnd(last));
    if (!document.pages().empty()) {
        const int page = document.pageAt(begin);
        if (page > 0) {
            const auto& here = document.pages()[static_cast<std::size_t>(page - 1)];
            from = std::max(from, here.begin);
            to = std::max(end, std::min(to, here.end));
        }
    }
    if (begin - from > widestContext) {
        from = startOfCharacter(text, begin - widestContext);
    }
    if (to - end > widestContext) {
        to = std::max(end, endOfCharacter(text, end + widestContext));
    }
    evidence.before = text.substr(from, begin - from);
    evidence.after = text.substr(end, to - end);
    evidence.contextLine = document.pages().empty() ? document.lineAt(from) : 0;
}

} // namespace

Evidence evidenceAt(const ingest::Corpus& corpus, const Span& span, EvidenceRole role, int contextLines) {
    const Document& document = corpus.document(span.document);
    Evidence evidence;
    evidence.at = ingest::toString(corpus, span);
    evidence.file = document.path();
    evidence.sha256 = document.sha256();
    evidence.begin = span.begin;
    evidence.end = span.end;
    evidence.quote = std::string(ingest::textOf(corpus, span));
    evidence.state = ProofState::Proven;
    evidence.role = role;
    evidence.step = "span";
    evidence.places = 1;
    if (!document.pages().empty()) {
        evidence.page = document.pageAt(span.begin);
        for (const ingest::Box& box : document.boxes(span.begin, span.end)) {
            evidence.rects.push_back({box.x, box.y, box.w, box.h});
        }
    }
    if (contextLines >= 0) {
        addContext(document, evidence, contextLines);
    }
    return evidence;
}

std::vector<Evidence> evidenceFrom(const ingest::Corpus& corpus, const Quote& quote,
                                   const Resolution& resolution, EvidenceRole role) {
    std::vector<Evidence> result;
    const auto& spans = resolution.spans.empty() ? resolution.candidates : resolution.spans;
    for (const Span& span : spans) {
        Evidence evidence = evidenceAt(corpus, span, role);
        evidence.state = resolution.state;
        evidence.step = resolution.step;
        evidence.places = resolution.places;
        result.push_back(std::move(evidence));
        if (resolution.spans.empty()) {
            break; // ambiguous: the first of `places`
        }
    }
    if (result.empty()) {
        Evidence evidence;
        evidence.file = quote.file;
        evidence.at = quote.file + (quote.line > 0 ? ":" + std::to_string(quote.line) : std::string());
        evidence.quote = quote.text;
        evidence.state = ProofState::NotFound;
        evidence.role = role;
        result.push_back(std::move(evidence));
    }
    return result;
}

Sentence extractedSentence(const ingest::Corpus& corpus, const Span& span, std::string group) {
    Sentence sentence(std::string(ingest::textOf(corpus, span)), Origin::Extracted);
    sentence.evidence.push_back(evidenceAt(corpus, span, EvidenceRole::Support, -1));
    sentence.group = std::move(group);
    return sentence;
}

} // namespace app
