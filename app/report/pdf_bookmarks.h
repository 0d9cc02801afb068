// Bookmarks for a PDF that Qt wrote (QPdfWriter has none): appended as an incremental update, so that not a byte of
// what Qt wrote changes. A pure function of the file's bytes; owned by export_pdf.
#pragma once

#include <string>
#include <vector>

namespace app {

struct Bookmark {
    std::string title; // UTF-8
    int level = 1;     // 1 = top
    int page = 0;      // 0-based
    double y = 0;      // points from the top of the page
};

// Gives the bytes back unchanged where the file is not built as expected: a report without bookmarks is still one.
std::string withBookmarks(std::string pdf, const std::vector<Bookmark>& bookmarks);

} // namespace app
