// Fuzz: any reply, in any cut, as text and as tokens: the parser neither throws nor hangs, and what it says is the same
// however the text was cut. JSON of a stranger is rewritten or refused.

#include "engine/chat.h"
#include "engine/chat_json.h"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

using namespace engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const bool thinking = size % 2 == 1;
    ChatParser whole(thinking), cut(thinking);
    whole.text(text);
    for (const char byte : text) cut.text({&byte, 1});
    const ChatTurn a = whole.finish(), b = cut.finish();
    if (a.text != b.text || a.reasoning != b.reasoning || a.calls.size() != b.calls.size() || a.leaked != b.leaked) std::abort();
    static const auto tokenizer = Tokenizer::bytesOnly(300);
    ChatParser tokens(*tokenizer, thinking);
    for (std::size_t i = 0; i + 1 < size; i += 2) tokens.token(static_cast<TokenId>(data[i] | (data[i + 1] & 1) << 8));
    tokens.finish();
    for (const ChatToolCall& call : a.calls)
        if (!jsonMembers(call.arguments)) std::abort();
    try {
        if (chatJson(chatJson(text)) != chatJson(text)) std::abort();
    } catch (const std::runtime_error&) {
    }
    return 0;
}
