// Where an Evidence lies in the corpus at hand, or the sentence that says why it lies nowhere. Its bytes are compared
// with the document's, so that nothing is ever lit that does not stand there. Pure; any thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <optional>
#include <string>

namespace app {

struct Place {
    std::optional<ingest::Span> span;
    std::string problem; // without a span
    std::string caveat;  // with one: "these words were cited from another file", "read by OCR"
};
Place placeOf(const Evidence& evidence, const ingest::Corpus& corpus);

} // namespace app
