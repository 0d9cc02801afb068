// Fuzz: any Markdown of a model: parsing ends, ranges stay inside their text, and appending in pieces gives what parsing
// the whole gives.

#include "ui/widgets/markdown_blocks.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<ui::MarkdownBlock> whole, grown;
    ui::parseMarkdown(text, 0, {}, whole);
    for (std::size_t end = 0, step = 1 + size / 7; end < size;) {
        end = std::min(size, end + step);
        ui::reparseTail(text.substr(0, end), grown);
    }
    if (whole != grown)
        std::abort();
    for (const ui::MarkdownBlock& block : whole)
        for (std::size_t i = 0; i < block.content.ranges.size(); ++i) {
            const ui::TextRange& range = block.content.ranges[i];
            if (range.begin >= range.end || range.end > block.content.text.size() || (i > 0 && block.content.ranges[i - 1].end > range.begin))
                std::abort();
        }
    return 0;
}
