// Bytes become UTF-8 text, or a reason why not. Order: byte order mark, valid UTF-8, UTF-16/32 without a mark (by the
// pattern of zero bytes), uchardet's guess converted strictly by ICU, Windows-1252. No byte is lost silently: a
// conversion that meets an undefined byte is refused and the next candidate tried. Pure functions; any thread.
// Owned by ingest (issue 2, "plain text in any charset"). Whether a file is binary is decided in filter.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ingest {

struct DecodedText {
    std::string text;    // UTF-8, valid, without a byte order mark
    std::string charset; // "UTF-8", "UTF-8 with byte order mark", "UTF-16LE", "SHIFT_JIS", "windows-1252", ...
    std::string problem; // not empty: nothing could decode it, and why, in one sentence
    bool ok() const { return problem.empty(); }
};

DecodedText decodeText(std::string_view bytes);

// True where the bytes are UTF-16 or UTF-32 text, which a search for NUL bytes would take for binary (filter.h asks).
bool looksLikeWideText(std::string_view bytes);

// Strict: no overlong forms, surrogates or values above U+10FFFF. Gives the first bad byte.
std::optional<std::size_t> firstInvalidUtf8(std::string_view bytes);

} // namespace ingest
