// Ignore files and wildcards: any rules, any path. A rule that decides must be named; matching must end soon.
#include "ingest/filter.h"
#include "ingest/glob.h"
#include "ingest/ignore_rules.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto line = std::min(bytes.find('\n'), bytes.size());
    const std::string_view path = bytes.substr(0, std::min<std::size_t>(line, 4096)), rules = bytes.substr(line);
    ingest::IgnoreRules ignore;
    ignore.enter("", ".gitignore", rules);
    ignore.enter("a/b", "a/b/.gitignore", rules);
    for (const bool folder : {false, true})
        if (const auto verdict = ignore.match(path, folder); verdict && verdict->rule.find(".gitignore:") == std::string::npos)
            std::abort();
    ignore.leave();
    ingest::globMatch(rules, path);
    // A text without signs matches itself and nothing else.
    if (path.find_first_of("*?[\\") == std::string_view::npos && !ingest::wildMatch(path, path))
        std::abort();
    return 0;
}
