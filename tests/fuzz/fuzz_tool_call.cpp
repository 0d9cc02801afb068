// What a model may write as a call: arguments, cut JSON, markup left in text, quote lines, disarmed text (P8, P15).
#include "app/agent/tool_arguments.h"
#include "app/agent/tools.h"
#include "app/backend/disarm.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    static const std::string schema = "{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\"},\"line\":{\"type\":\"integer\"},"
                                      "\"all\":{\"type\":\"boolean\"}},\"required\":[\"file\"]}";
    const app::ToolArguments arguments = app::ToolArguments::parse(text, schema);
    if (arguments.problem().empty() && !arguments.has("file"))
        std::abort();
    app::repairJson(text);
    std::string left = text;
    if (app::takeLeakedCalls(left).empty() && left != text)
        std::abort();
    std::vector<std::string> bad;
    app::parseQuoteLines(text, size % 2 == 0, bad);
    if (app::rearm(app::disarm(text)) != text || app::isArmed(app::disarm(text)))
        std::abort();
    return 0;
}
