// Characters a person cannot see or that reorder what is seen: bidirectional controls, tag characters, zero-width ones
// (P13). Counted for a warning; the text itself stays as it is. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace ingest {

struct HiddenCharacters {
    std::size_t count = 0;
    std::size_t first = 0;       // byte of the first one
    char32_t firstCharacter = 0;
};

HiddenCharacters findHiddenCharacters(std::string_view utf8);

} // namespace ingest
