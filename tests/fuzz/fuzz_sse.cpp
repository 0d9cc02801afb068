// Event stream, HTTP framing and chunk assembly on any bytes, in one piece and cut in two (P8, P23).
#include "app/backend/chat_wire.h"
#include "app/backend/http_framing.h"
#include "app/backend/sse_parser.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

std::string read(std::string_view first, std::string_view second) {
    std::string seen;
    app::ReplyAssembler assembler({});
    app::SseParser events(1 << 16);
    app::HttpFraming framing;
    try {
        const auto feed = [&](std::string_view data) {
            seen += std::string(data) + "\n";
            assembler.data(data);
        };
        framing.feed("HTTP/1.1 200 OK\r\n\r\n");
        for (const std::string_view part : {first, second}) {
            framing.feed(part);
            events.feed(framing.takeBody(), feed);
        }
        events.finish(feed);
        seen += assembler.reply({}).message.text;
        app::HttpFraming other;
        other.feed(first);
        other.feed(second);
        other.closed();
    } catch (const app::BackendError&) {
        seen += "refused";
    }
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const std::size_t cut = size > 0 ? bytes[0] % size : 0;
    if (read(text, {}) != read(text.substr(0, cut), text.substr(cut)))
        std::abort(); // where the bytes were cut must not matter
    return 0;
}
