// Addresses as a model or a report writes them: any text names a place inside the corpus or none.
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const auto corpus = [] {
        ingest::CorpusBuilder builder;
        builder.add(std::make_shared<ingest::Document>("a.cpp", ingest::Kind::Code, "one\ntwo\n\nfour", "1", 13));
        builder.add(std::make_shared<ingest::Document>("a:1#p2", ingest::Kind::Text, "odd name\n", "2", 9));
        std::vector<ingest::Page> pages(2);
        pages[0].end = pages[1].begin = 4, pages[1].end = 8;
        builder.add(std::make_shared<ingest::Document>("p.pdf", "one\ntwo\n", "3", 8, pages, std::vector<ingest::OutlineItem>{}));
        return builder.build();
    }();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto span = ingest::parseSpan(*corpus, text)) {
        if (span->document >= corpus->documents().size() || span->begin > span->end || span->end > corpus->document(span->document).text().size())
            std::abort();
        if (!ingest::parseSpan(*corpus, ingest::toString(*corpus, *span)))
            std::abort();
    }
    return 0;
}
