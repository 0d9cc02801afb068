#include "app/report/place.h"

namespace app {

namespace {

const char* caveatOf(const Evidence& evidence) {
    switch (evidence.state) {
    case ProofState::Approximate:
        return "The cited words differ from these in spacing or punctuation; this is what the document says.";
    case ProofState::Ocr:
        return "This text was read from a picture of the page (OCR) and may hold reading errors.";
    case ProofState::Misattributed:
        return "These words were cited from another place; they stand here.";
    default:
        return "";
    }
}

} // namespace

Place placeOf(const Evidence& evidence, const ingest::Corpus& corpus) {
    Place place;
    if (evidence.state == ProofState::NotFound) {
        place.problem = "This quote was not found" + (evidence.file.empty() ? std::string() : " in " + evidence.file) +
                        ". It is shown as it was claimed, and nothing is marked.";
        return place;
    }
    if (evidence.state == ProofState::Ambiguous) {
        place.problem = "This quote stands in " + std::to_string(evidence.places) +
                        " places, and nothing says which one is meant, so none is marked.";
        return place;
    }
    const auto index = corpus.find(evidence.file);
    if (!index) {
        place.problem = evidence.file + " is not among what was read: open the subject this report was made from.";
        return place;
    }
    const ingest::Document& document = corpus.document(*index);
    const bool inside = evidence.begin <= evidence.end && evidence.end <= document.text().size();
    if (!inside || document.text().compare(evidence.begin, evidence.end - evidence.begin, evidence.quote) != 0) {
        place.problem = evidence.file + " has changed since this was cited; these words no longer stand there, and nothing is marked.";
        return place;
    }
    if (evidence.begin == evidence.end) {
        place.problem = "This citation is empty, and nothing is marked.";
        return place;
    }
    place.span = ingest::Span{*index, std::size_t(evidence.begin), std::size_t(evidence.end)};
    place.caveat = caveatOf(evidence);
    return place;
}

} // namespace app
