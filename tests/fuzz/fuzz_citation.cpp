// Any bytes as document and as quote: what is proven must be the document's own bytes between its own ends.
#include "app/report/citation.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string all(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = all.find('\0');
    const std::string quote = all.substr(0, cut),
                      text = cut == std::string::npos ? std::string() : all.substr(cut + 1);
    ingest::CorpusBuilder builder;
    builder.add(std::make_shared<ingest::Document>("a.txt", ingest::Kind::Text, text, "", text.size()));
    const auto corpus = builder.build();
    const app::Resolution result = app::Resolver(corpus).resolve({quote, "a.txt", 1, 0});
    for (const ingest::Span& span : result.spans)
        if (span.begin > span.end || span.end > text.size()) std::abort();
    return 0;
}
