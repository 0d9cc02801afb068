// Which words leave no ink: drawn in render mode 3, in the colour of the ground, clipped away, covered. poppler-cpp
// does not tell how text was painted, so the page is drawn small and every word's box is looked at: a box of one flat
// colour holds nothing a person can read. Text under a picture of itself (a scan with recognised text) has ink.
#pragma once

#include "ingest/pdf_helper/page_text.h"

#include <poppler-document.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace pdfhelper {

// What has to be remembered of a word until its page is drawn.
struct InkBox {
    std::uint32_t word;
    std::uint16_t x, y, w, h; // 65535ths of the page
};
std::vector<InkBox> inkBoxes(const PageContent& content);

// Indexes of the words without ink; nothing where the page could not be drawn.
std::optional<std::vector<std::uint32_t>> wordsWithoutInk(const poppler::page& page, const std::vector<InkBox>& boxes);

// Draws a built-in page with a font that is not embedded: false where this machine has no font to stand in for it,
// so that words would seem to leave no ink.
bool standInFontsWork();

} // namespace pdfhelper
