// The text of one page as agent.md 7 defines it: the words of Poppler's text_list in its order, joined by a space
// where Poppler says one follows, else a newline where the baseline moved by more than half a line height, else a tab.
// Text and boxes come from the same call, so every byte has a place.
#pragma once

#include <poppler-page.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pdfhelper {

struct PlacedWord {
    std::size_t begin = 0, end = 0;  // bytes in the page's text
    float x = 0, y = 0, w = 0, h = 0; // fractions of the page, clipped to it
    std::uint8_t hidden = 0;         // ingest::Hidden
    bool letters = false;            // has a letter or digit: ought to leave ink
};

struct PageContent {
    float width = 0, height = 0; // points, as shown
    std::string label, text;     // text ends in a newline unless empty
    std::vector<PlacedWord> words;
    bool tooLarge = false;       // words beyond ingest::pdf::maxPageText were left out
};

PageContent readPage(const poppler::page& page);
std::string toUtf8(const poppler::ustring& text); // lone surrogates and control characters become U+FFFD

} // namespace pdfhelper
