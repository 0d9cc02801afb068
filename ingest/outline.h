// What is defined where, by scanners of our own: no grammar is loaded and nothing of the corpus configures them. They
// see comments and strings as blanks, then follow braces, indentation or headings. Wrong code gives fewer symbols,
// never a wrong place: every span lies in the document and holds the symbol's name. Pure; any thread.
#pragma once

#include "ingest/search.h"

#include <string>
#include <string_view>
#include <vector>

namespace ingest {

class Document;

std::vector<Symbol> scanSymbols(const Document& document, std::uint32_t index);

// The parts, for tests and for each other; spans are in bytes of `text`, scopes are filled in.
namespace scan {

// The same length, comments and the insides of strings replaced by blanks, newlines kept.
std::string withoutCommentsAndStrings(std::string_view text, std::string_view language);
// Lines of C that start with '#', continued ones as well, become blanks; their macros are the result.
std::vector<Symbol> takeDirectives(std::string_view text, std::string& code);
std::vector<Symbol> braces(std::string_view text, std::string_view blanked, std::string_view language);
std::vector<Symbol> indentation(std::string_view text, std::string_view blanked, std::string_view language);
std::vector<Symbol> lines(std::string_view text, std::string_view blanked, std::string_view language);

} // namespace scan

// What universal-ctags finds in the text, if it is installed; it gets a copy in an empty folder and no configuration.
// Empty where it is not there or fails.
std::vector<Symbol> ctagsSymbols(const Document& document, std::uint32_t index);

} // namespace ingest
