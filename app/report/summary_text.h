// Cutting text for summaries: sentences of prose and comment blocks of code, all as byte ranges. Pure; any
// thread.
#pragma once

#include "app/report/summary.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace app {

// Sentences of [begin, end): split after . ! ? and their CJK kin, not after abbreviations, initials or
// numbers.
std::vector<std::pair<std::size_t, std::size_t>> sentencesOf(const std::string& text, std::size_t begin,
                                                             std::size_t end);
std::size_t wordCount(std::string_view text); // CJK: two characters count as a word

struct CommentBlock {
    std::size_t begin = 0, end = 0;
    bool docstring = false;
};
// Comments of adjoining lines as one block; Python docstrings too.
std::vector<CommentBlock> commentBlocks(const std::string& text, std::string_view language);
// The first sentence inside a comment, comment marks left out; only where it lies on lines whose marks can be
// left out by cutting: one line, or as far as the first line goes.
std::optional<std::pair<std::size_t, std::size_t>>
firstCommentSentence(const std::string& text, const CommentBlock& block, std::string_view language);
// Lower-case terms for ranking: words of three letters and more, identifiers split at case and underscore,
// plural s cut.
std::vector<std::string> termsOf(std::string_view text);
bool isStopWord(const std::string& term);

} // namespace app
