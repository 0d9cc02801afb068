// Backend: whoever turns messages into the next message: the embedded engine, its child process, a served V4, a
// script. All look alike: info() and one blocking generate(). Called from a job thread; events come on the same
// thread; a stop request returns promptly with finish "stopped" and what had arrived. Failure throws BackendError.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

class TokenCounter;

enum class Role : std::uint8_t { System, User, Assistant, Tool };
enum class Effort : std::uint8_t { Low, High, Max };

struct ToolCall {
    std::string id, name;
    std::string arguments; // JSON text exactly as it was sampled
};

// Text is data: no character of it ever becomes a control token, whichever backend renders it.
struct Message {
    Role role = Role::User;
    std::string text;
    std::string reasoning;        // assistant: kept and replayed verbatim
    std::vector<ToolCall> calls;  // assistant
    std::string toolCallId;       // tool
    std::vector<std::int32_t> sampled; // embedded engine: the exact tokens of this assistant turn, replayed as they are
};

struct ToolSpec {
    std::string name, description;
    std::string parameters; // JSON schema text, keys in a fixed order
};

struct Request {
    std::vector<Message> messages;
    std::vector<ToolSpec> tools;      // the same, byte for byte, in every branch
    std::size_t stableMessages = 0;   // the first n messages are the shared prefix (snapshot, prefix guard)
    Effort effort = Effort::High;
    bool thinking = true;
    int maxOutput = 4096;             // tokens
    double temperature = 0;           // 0 = greedy
    double topP = 1;
    std::uint64_t seed = 0;
    // Embedded engine only: the answer must be one of these strings (a reader points, it never invents).
    std::vector<std::string> choices;
};

struct Usage {
    std::int64_t inputUncached = 0, inputCached = 0, output = 0, reasoning = 0; // reasoning is part of output
    bool estimated = false;
    double seconds = 0;
    std::uint64_t bytesSent = 0; // over the network
    Usage& operator+=(const Usage& other);
};

struct Event {
    enum class Type : std::uint8_t { Text, Reasoning, ToolCall, Prefill, State } type = Type::Text;
    std::string text;                                    // delta, tool name, or state in words
    std::int64_t done = 0, cached = 0, total = 0;        // Prefill, tokens
    double tokensPerSecond = 0, secondsLeft = 0;
};

struct Reply {
    Message message;
    std::string finish; // "stop", "tool_calls", "length", "stopped"
    std::string reportedModel;
    Usage usage;
};

struct BackendInfo {
    std::string name, model, fingerprint;
    std::string host;             // empty = local, no byte leaves the machine
    std::int64_t window = 0;      // tokens; 0 = unknown
    std::int64_t maxOutput = 0;
    int level = 0;                // 0 none, 1 reader, 2 reviewer (agent.md 2)
    bool tools = true;
    bool demo = false;            // the bundled model: every generated sentence carries the badge
    std::string note;             // "random test weights: says nothing sensible"
    std::string priceRow;         // row id in prices.json, or empty
    // A demo model that proved nothing words samples and decides nothing; all else is as without a model.
    bool samplesOnly() const { return demo && level == 0; }
};

class BackendError : public std::runtime_error {
public:
    enum class Cause : std::uint8_t { Refused, Unreachable, BrokeOff, BadRequest, NotFinite, Configuration };
    BackendError(Cause cause, const std::string& sentence) : std::runtime_error(sentence), m_cause(cause) {}
    Cause cause() const { return m_cause; }

private:
    Cause m_cause;
};

class Backend {
public:
    virtual ~Backend() = default;
    virtual BackendInfo info() = 0;
    // How this engine counts; nothing where its vocabulary is not at hand.
    virtual std::shared_ptr<const TokenCounter> counter() { return nullptr; }
    virtual Reply generate(const Request& request, const std::function<void(const Event&)>& onEvent,
                           std::stop_token stop) = 0;
};

// "none" gives nullptr; "built-in", a model folder or file, a saved endpoint's name, "script:FILE". Throws
// BackendError(Configuration) in words. `offline` refuses every remote one.
struct Settings;
std::unique_ptr<Backend> openBackend(const std::string& engine, const Settings& settings, bool offline);

} // namespace app
