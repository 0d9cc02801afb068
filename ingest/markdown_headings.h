// The headings of a Markdown text (CommonMark: "# title" and underlined ones), code blocks left alone. Pure.
#pragma once

#include "ingest/document.h"

#include <string_view>
#include <vector>

namespace ingest {

std::vector<OutlineItem> markdownHeadings(std::string_view text);

} // namespace ingest
