// The scanners of code and Markdown: any text in any language gives symbols that lie inside it.
#include "ingest/corpus.h"
#include "ingest/outline.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const char* const names[] = {"a.cpp", "a.py", "a.go", "a.rs", "a.java", "a.ts", "a.sh", "a.rb", "a.lua", "a.php", "a.kt", "a.swift", "a.md"};
    if (size == 0)
        return 0;
    const std::string path = names[data[0] % std::size(names)];
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const ingest::Document document(path, path == "a.md" ? ingest::Kind::Markdown : ingest::Kind::Code, text, "", text.size());
    for (const ingest::Symbol& symbol : ingest::scanSymbols(document, 0))
        if (symbol.span.begin > symbol.span.end || symbol.span.end > text.size() || (symbol.name.empty() && path != "a.md"))
            std::abort();
    for (int line = 1; line <= document.lineCount(); ++line)
        if (document.lineAt(document.lineBegin(line)) != line)
            std::abort();
    return 0;
}
