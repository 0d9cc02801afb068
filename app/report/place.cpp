#include "app/report/place.h"

namespace app {

Place placeOf(const Evidence& evidence, const ingest::Corpus& corpus) {
    if (evidence.state == ProofState::NotFound)
        return {{}, Miss::NotFound};
    if (evidence.state == ProofState::Ambiguous)
        return {{}, Miss::SeveralPlaces};
    const auto index = corpus.find(evidence.file);
    if (!index)
        return {{}, Miss::NoSuchFile};
    if (evidence.begin == evidence.end)
        return {{}, Miss::Empty};
    const std::string& text = corpus.document(*index).text();
    const bool inside = evidence.begin < evidence.end && evidence.end <= text.size();
    if (!inside || text.compare(evidence.begin, evidence.end - evidence.begin, evidence.quote) != 0)
        return {{}, Miss::Changed};
    return {ingest::Span{*index, std::size_t(evidence.begin), std::size_t(evidence.end)}, Miss::None};
}

} // namespace app
