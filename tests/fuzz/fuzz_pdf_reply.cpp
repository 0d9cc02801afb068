// The parser of what lectern-pdf answers: any bytes, in two bites. What it keeps must be in order.
#include "ingest/pdf_reply.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ingest::PdfReplyParser parser(1u << 20);
    const std::size_t bite = size ? data[0] * size / 256 : 0;
    if (parser.push(bytes.substr(0, bite)))
        parser.push(bytes.substr(bite));
    if (parser.pages.size() > parser.count || parser.rgb.size() > std::size_t(parser.imageWidth) * parser.imageHeight * 3)
        std::abort();
    for (const auto& page : parser.pages) {
        std::size_t at = 0;
        for (const ingest::Word& word : page.page.words) {
            if (word.begin < at || word.end <= word.begin || word.end > page.text.size())
                std::abort();
            at = word.end;
        }
    }
    return 0;
}
