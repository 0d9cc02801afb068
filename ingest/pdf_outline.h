// Bookmarks get their place in the text. poppler-cpp gives their titles and order but not where they lead, so each is
// looked for as a line of the pages, numbering ignored, at or after the place of the one before. A title that is not
// found as a line keeps page 0. Owned by pdf_source; a pure function.
#pragma once

#include "ingest/document.h"
#include "ingest/pdf_reply.h"

#include <string_view>
#include <vector>

namespace ingest {

std::vector<OutlineItem> placeOutline(const std::vector<PdfReplyParser::Title>& titles, std::string_view text,
                                      const std::vector<Page>& pages);

} // namespace ingest
