// Span: a byte range in a Document of a Corpus, the one currency of citation. Written "src/a.cpp:12-20" (lines) or
// "paper.pdf#p3" (page); reading that text back gives the lines' or page's range. A value; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ingest {

class Corpus;

struct Span {
    std::uint32_t document = 0; // index in Corpus::documents()
    std::size_t begin = 0, end = 0;
    bool operator==(const Span&) const = default;
};

// The bytes themselves; the view lives as long as the Corpus.
std::string_view textOf(const Corpus& corpus, const Span& span);
// "src/a.cpp:12-20", "src/a.cpp:7", "paper.pdf#p3".
std::string toString(const Corpus& corpus, const Span& span);
// Understands what toString writes, a bare path (the whole document) and "path:12"; nothing where it names no place.
std::optional<Span> parseSpan(const Corpus& corpus, std::string_view text);

} // namespace ingest
