// How documents are written into the user message: fences, pages, structure-only extracts, disarmed text, each with
// the map back. Pure functions of Corpus and options (agent.md 4); any thread.
#pragma once

#include "app/context.h"

#include <string>
#include <vector>

namespace app {

// First six hex digits of the corpus hash, hashed again until they occur in no document.
std::string fenceWord(const ingest::Corpus& corpus, std::stop_token stop);
std::string shortId(std::uint32_t document); // "f001"
// A path on one line: control bytes as \xHH, control tokens disarmed.
std::string promptPath(const std::string& path);

struct Rendered {
    std::string text;              // one block, fences included
    std::vector<Segment> segments; // prompt offsets from the block's start
};
Rendered renderDocument(const ingest::Corpus& corpus, std::uint32_t document, const std::string& fence, bool structureOnly,
                        Disarm disarm);
std::string manifestLine(const ingest::Corpus& corpus, std::uint32_t document, std::int64_t tokens, bool structureOnly);

// Render order: PDFs, then files, the least volatile first; ties by path.
std::vector<std::uint32_t> stableOrder(const ingest::Corpus& corpus);
// What could go, most tokens first.
std::vector<Proposal> proposeCuts(const ingest::Corpus& corpus, const std::vector<std::int64_t>& documentTokens);

} // namespace app
