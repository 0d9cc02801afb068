// Wildcards as git understands them. A pattern from a repository is hostile: matching takes at most time in the order
// of pattern times text, and an over-long pattern matches nothing. Pure functions; any thread.
#pragma once

#include <string_view>

namespace ingest {

// Whole text against whole pattern: ? and * stop at '/', ** between slashes crosses them, [a-z] [!a] [[:digit:]], \x.
bool wildMatch(std::string_view pattern, std::string_view text);

// globMatch(pattern, path) for --include, --exclude and --scope is declared in filter.h.

} // namespace ingest
