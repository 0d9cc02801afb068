// A picture as PNG: RGB, eight bits, no filter, deflated. Small on purpose, so that neither Qt Gui nor an image
// library is needed where a report wants a page image (app/report/export_html).
#include "ingest/pdf_source.h"

#include <stdexcept>

#include <zlib.h>

namespace ingest {

namespace {

void putNumber(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
}

void putChunk(std::string& out, const char* name, const std::string& data) {
    putNumber(out, static_cast<std::uint32_t>(data.size()));
    const std::string body = name + data;
    out += body;
    putNumber(out, static_cast<std::uint32_t>(
                       crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

} // namespace

std::string toPng(const PageImage& image) {
    const std::size_t stride = std::size_t(image.width) * 3;
    if (image.width <= 0 || image.height <= 0 || image.rgb.size() != stride * image.height)
        throw std::runtime_error("There is no picture to write as PNG: its size and its pixels differ.");
    std::string rows;
    rows.reserve((stride + 1) * image.height);
    for (int y = 0; y < image.height; ++y) {
        rows += '\0'; // no filter
        rows.append(image.rgb, y * stride, stride);
    }
    uLongf length = compressBound(rows.size());
    std::string packed(length, '\0');
    if (compress2(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(rows.data()),
                  rows.size(), 6) != Z_OK)
        throw std::runtime_error("The picture cannot be packed as PNG: no memory.");
    packed.resize(length);

    std::string header;
    putNumber(header, static_cast<std::uint32_t>(image.width));
    putNumber(header, static_cast<std::uint32_t>(image.height));
    header += std::string("\x08\x02\x00\x00\x00", 5); // eight bits, RGB
    std::string out = "\x89PNG\r\n\x1a\n";
    putChunk(out, "IHDR", header);
    putChunk(out, "IDAT", packed);
    putChunk(out, "IEND", {});
    return out;
}

} // namespace ingest
