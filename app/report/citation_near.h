// Step 6 of the resolver: the stretch of a text whose words are at least 92 % those of the quote and differ
// in no guarded word (design agent.md 7). Good enough to show beside a quote with the differing words, never
// a proof. Pure; any thread.
#pragma once

#include "app/report/citation_index.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace app {

struct NearMatch {
    bool found = false;
    std::size_t begin = 0, end = 0; // bytes in the text
    std::string wordDiff;           // "[-must-]{+may+}"
    std::string note;               // for the list of attempts; empty when nothing came close
};
NearMatch nearMatch(std::string_view text, const DocumentWords& words, std::string_view quote,
                    Language language);

} // namespace app
