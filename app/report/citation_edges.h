// What may stand right before and after a quote. Bytes that match are no proof when the cut falls inside a
// word or a number, or leaves a negation outside: "10 days" is no quote of "110 days", nor "be liable" of
// "not be liable". Pure.
#pragma once

#include "app/report/guarded_words.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

enum class Edge : std::uint8_t { Clean, InsideWord, InsideNumber, AtNegation };
const char* toString(Edge edge);

// The worse of both ends of [begin, end).
Edge edgesOf(std::string_view text, std::size_t begin, std::size_t end, Language language);

} // namespace app
