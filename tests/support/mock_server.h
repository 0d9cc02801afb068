// MockServer: a chat server on 127.0.0.1 that behaves like DeepSeek's: a prefix cache in whole units, keep-alive
// comments, both usage shapes, the rules about reasoning_content and tool_choice, and every fault on demand. Plain or
// TLS. Lives on a thread of its own; all functions may be called from the test's thread.
// Source: hosted-apis-and-prices.md 1.3, 1.4; reliability.md P18, P20, P22, P23.
#pragma once

#include "app/backend/backend.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace support {

struct MockRequest {
    std::string method, path, body;
    std::map<std::string, std::string> headers; // names in lower case
    nlohmann::json json;                        // of the body; null when it is none
    std::string head;                           // the raw bytes before the body
};

struct MockReply {
    std::string text, reasoning;
    std::vector<app::ToolCall> calls;
    std::string finish; // empty: "stop", or "tool_calls" when there are calls
};

struct MockFault {
    enum class Kind {
        None,
        Status,          // `status`, `body`, `retryAfter`
        Redirect,        // `status` 30x to `location`
        CloseBeforeHead, // reads the request, then closes
        CutAfter,        // the stream ends after `after` bytes, connection closed
        Silence,         // takes the request and says nothing
        KeepAliveOnly,   // comments for ever
        StallAfter,      // `after` bytes of the stream, then keep-alive comments for ever
        Endless,         // payload for ever
        LongLine,        // one line of `after` bytes
        Compressed,      // says and sends gzip
        Drip,            // one byte every `milliseconds`
        NoDone,          // whole, but without [DONE]
        OutOfResources,  // finish_reason insufficient_system_resource
        ErrorInStream,   // an error object with `status` as its code after the first chunk
        Raw,             // `body` instead of an HTTP answer, then closes
        WholeJson,       // one JSON completion after blank lines instead of a stream
    } kind = Kind::None;
    int status = 0;
    std::string body, retryAfter, location;
    std::size_t after = 0;
    int milliseconds = 5;
};

enum class UsageShape { Both, HitMiss, CachedTokens, None };

struct MockOptions {
    std::string key = "test-key";     // empty: no key is asked for
    std::string model = "deepseek-flash"; // what answers, whatever was asked for
    UsageShape usage = UsageShape::Both;
    bool askReasoning = true;         // HTTP 400 when it does not come back
    int keepAlive = 2;                // comments before the first chunk
    std::size_t chunk = 7;            // bytes of a delta
    std::int64_t maxModelLength = 0;  // in /models; 0 = not told
    std::string certificateFile, keyFile; // both: TLS
    int tlsVersion = 0;               // 11: offer TLS 1.1 only
};

class MockServer {
public:
    explicit MockServer(MockOptions options = {});
    ~MockServer();

    std::string url() const;          // "http://127.0.0.1:PORT"
    std::uint16_t port() const;
    void answer(std::function<MockReply(const MockRequest&)> handler);
    void fault(MockFault fault);      // for the next chat request; queued
    std::vector<MockRequest> requests() const; // in order of arrival
    int authorizationsSeen() const;
    int connections() const;
    std::uint64_t bytesReceived() const;

    // The stream of one reply exactly as the server writes it, usage included.
    static std::string streamOf(const MockReply& reply, const MockOptions& options, const nlohmann::json& usage);

private:
    struct State;
    std::shared_ptr<State> m_state;
    class Thread;
    std::unique_ptr<Thread> m_thread;
};

} // namespace support
