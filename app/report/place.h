// Where an Evidence lies in the corpus at hand, or why it lies nowhere. Its bytes are compared with the document's, so
// that nothing is ever lit that does not stand there. Pure; any thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <cstdint>
#include <optional>

namespace app {

// Why there is no span: the quote was never found, or in several places; its file was not read; other words stand
// there now; it holds no byte.
enum class Miss : std::uint8_t { None, NotFound, SeveralPlaces, NoSuchFile, Changed, Empty };

struct Place {
    std::optional<ingest::Span> span;
    Miss miss = Miss::None; // without a span
};
Place placeOf(const Evidence& evidence, const ingest::Corpus& corpus);

} // namespace app
