// What kind of text a file is, by its name and, for scripts without an ending, by its first line. Pure functions.
#pragma once

#include "ingest/document.h"

#include <string_view>

namespace ingest {

// Lower-case ending without the dot; empty where there is none.
std::string extensionOf(std::string_view path);
std::string_view fileNameOf(std::string_view path);

// `start`: the first bytes of the file, for "#!" and "%PDF-".
Kind kindOf(std::string_view path, std::string_view start);

// "c", "python", "go", "rust", "java", "javascript", "shell", "markdown", ...; empty where no scanner knows it.
std::string_view languageOf(std::string_view path, std::string_view start);

} // namespace ingest
