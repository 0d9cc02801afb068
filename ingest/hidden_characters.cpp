#include "ingest/hidden_characters.h"

#include <cstdint>
#include <cstring>

namespace ingest {

namespace {

bool isHidden(char32_t c) {
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) // embeddings, overrides, isolates
           || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x2060 && c <= 0x2064) || c == 0x00ad || c == 0x061c
           || c == 0x180e || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f) || (c >= 0xe0100 && c <= 0xe01ef);
}

} // namespace

HiddenCharacters findHiddenCharacters(std::string_view text) {
    HiddenCharacters found;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    for (std::size_t i = 0; i < text.size();) {
        std::uint64_t eight = 0;
        if (i + 8 <= text.size() && (std::memcpy(&eight, bytes + i, 8), (eight & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        const unsigned char lead = bytes[i];
        const std::size_t length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (length > 1 && i + length <= text.size()) {
            char32_t c = lead & (0xff >> (length + 1));
            for (std::size_t k = 1; k < length; ++k)
                c = c << 6 | (bytes[i + k] & 0x3f);
            if (isHidden(c)) {
                if (found.count++ == 0)
                    found.first = i, found.firstCharacter = c;
            }
        }
        i += length;
    }
    return found;
}

} // namespace ingest
