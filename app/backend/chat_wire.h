// The OpenAI chat format on the wire: a Request as the bytes of a body, and the pieces of an answer put together again.
// Text leaves disarmed and comes back rearmed, so the rest of the program never sees a word joiner of ours. The bytes of
// a body are a pure function of the request: no key order of a library, no number reformatted. No network here.
// Source: hosted-apis-and-prices.md 1.3, 1.4, 1.6; agent.md 12.
#pragma once

#include "app/backend/backend.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace app {

// How a server is asked to think: DeepSeek's own fields, vLLM's chat template arguments, or not at all.
enum class ThinkingDialect : std::uint8_t { DeepSeek, Template, None };

struct WireOptions {
    std::string model;
    ThinkingDialect dialect = ThinkingDialect::DeepSeek;
    std::int64_t maxOutput = 0; // what the endpoint allows; 0 = unknown
    bool stream = true;
};

// Throws BackendError(BadRequest) for a request no server would take (tool names, more than 128 tools).
std::string chatBody(const Request& request, const WireOptions& options);

// What an error body says, on one line of at most 300 bytes without control characters.
std::string serverMessage(std::string_view body);

// Collects the chunks of a stream, or one whole completion.
class ReplyAssembler {
public:
    explicit ReplyAssembler(std::function<void(const Event&)> onEvent) : m_onEvent(std::move(onEvent)) {}

    // One event's data. "[DONE]" ends; text that is not JSON throws BackendError(BrokeOff).
    void data(std::string_view text);
    // A completion that came in one piece.
    void whole(std::string_view text);

    bool done() const { return m_done; }                    // saw [DONE], or a whole completion
    bool sawOutput() const { return m_sawOutput; }          // any text, reasoning or call
    const std::string& serverFinish() const { return m_finish; }
    // An error object inside the stream, in the server's words; its status if it named one.
    const std::string& errorMessage() const { return m_error; }
    int errorStatus() const { return m_errorStatus; }
    // What has arrived, rearmed, calls with ids, usage of the server or an estimate.
    Reply reply(const Request& request) const;

private:
    void chunk(const nlohmann::ordered_json& object);
    void message(const nlohmann::ordered_json& delta);
    void call(const nlohmann::ordered_json& fragment, std::size_t position);
    void tell(Event::Type type, const std::string& text);

    std::function<void(const Event&)> m_onEvent;
    Message m_message;
    std::map<std::int64_t, std::size_t> m_callAt; // server's index to our position
    std::string m_finish, m_model, m_error;
    int m_errorStatus = 0;
    Usage m_usage;
    bool m_hasUsage = false, m_done = false, m_sawOutput = false;
};

} // namespace app
