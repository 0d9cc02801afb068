#include "ingest/pdf_helper/hidden_ink.h"

#include <poppler-image.h>
#include <poppler-page-renderer.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

namespace pdfhelper {

namespace {

constexpr double drawingDpi = 36;      // ten-point letters become five pixels: unreadable, but there
constexpr double largestPixels = 4e6;  // huge sheets are drawn coarser
constexpr int flat = 8;                // of 255: what one box of flat colour may vary by

poppler::image draw(const poppler::page& page, double dpi) {
    poppler::page_renderer renderer;
    renderer.set_image_format(poppler::image::format_rgb24);
    renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
    renderer.set_render_hint(poppler::page_renderer::antialiasing);
    return renderer.render_page(&page, dpi, dpi);
}

bool hasInk(const poppler::image& image, int left, int top, int right, int bottom) {
    int low[3] = {255, 255, 255}, high[3] = {0, 0, 0};
    for (int y = top; y < bottom; ++y) {
        const auto* row = reinterpret_cast<const unsigned char*>(image.const_data()) + std::size_t(y) * image.bytes_per_row();
        for (int x = left; x < right; ++x)
            for (int c = 0; c < 3; ++c) {
                low[c] = std::min<int>(low[c], row[x * 3 + c]);
                high[c] = std::max<int>(high[c], row[x * 3 + c]);
                if (high[c] - low[c] > flat)
                    return true;
            }
    }
    return false;
}

} // namespace

std::vector<InkBox> inkBoxes(const PageContent& content) {
    std::vector<InkBox> result;
    for (std::size_t i = 0; i < content.words.size(); ++i) {
        const PlacedWord& word = content.words[i];
        // Signs alone may be drawn far from their box (large braces, rules); only words with letters are judged.
        if (!word.letters || word.hidden)
            continue;
        const auto scale = [](float value) { return static_cast<std::uint16_t>(value * 65535.f); };
        result.push_back({static_cast<std::uint32_t>(i), scale(word.x), scale(word.y), scale(word.w), scale(word.h)});
    }
    return result;
}

std::optional<std::vector<std::uint32_t>> wordsWithoutInk(const poppler::page& page, const std::vector<InkBox>& boxes) {
    std::vector<std::uint32_t> result;
    if (boxes.empty())
        return result;
    const poppler::rectf sheet = page.page_rect();
    const double area = std::fabs(sheet.width() * sheet.height()) / (72.0 * 72.0);
    if (!std::isfinite(area))
        return std::nullopt;
    const double dpi = area * drawingDpi * drawingDpi > largestPixels ? std::sqrt(largestPixels / area) : drawingDpi;
    const poppler::image image = draw(page, dpi);
    if (!image.is_valid() || image.width() <= 0 || image.height() <= 0)
        return std::nullopt;
    for (const InkBox& box : boxes) {
        const auto pixel = [](double part, int whole) { return part / 65535.0 * whole; };
        // One pixel around, so that a thin stroke at the border counts; vertical overhang would reach the next line.
        const int left = std::max(0, static_cast<int>(std::floor(pixel(box.x, image.width()))) - 1);
        const int right = std::min(image.width(), static_cast<int>(std::ceil(pixel(box.x + box.w, image.width()))) + 1);
        const int top = std::max(0, static_cast<int>(std::floor(pixel(box.y, image.height()))));
        const int bottom = std::min(image.height(), static_cast<int>(std::ceil(pixel(box.y + box.h, image.height()))));
        if (left < right && top < bottom && !hasInk(image, left, top, right, bottom))
            result.push_back(box.word);
    }
    return result;
}

bool standInFontsWork() {
    const std::string stream = "BT /F 40 Tf 10 30 Td (Hxg) Tj ET";
    const std::string objects[] = {
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << /Font << /F << /Type /Font "
        "/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        "<< /Length " + std::to_string(stream.size()) + " >>\nstream\n" + stream + "\nendstream",
    };
    std::string pdf = "%PDF-1.4\n", table = "xref\n0 5\n0000000000 65535 f \n";
    int number = 0;
    for (const std::string& object : objects) {
        char row[32];
        std::snprintf(row, sizeof row, "%010zu 00000 n \n", pdf.size());
        table += row;
        pdf += std::to_string(++number) + " 0 obj\n" + object + "\nendobj\n";
    }
    const std::size_t start = pdf.size();
    pdf += table + "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
    const std::unique_ptr<poppler::document> document(
        poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
    if (!document)
        return false;
    const std::unique_ptr<poppler::page> page(document->create_page(0));
    if (!page)
        return false;
    const poppler::image image = draw(*page, 72);
    return image.is_valid() && hasInk(image, 0, 0, image.width(), image.height());
}

} // namespace pdfhelper
