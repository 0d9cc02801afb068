// A served model behind the OpenAI chat format: DeepSeek's own service, vLLM, SGLang, llama.cpp and their like.
// Blocks in the calling job thread; stop returns within a second with what had arrived. Endpoint and key come from
// the user's settings and environment only, never from a corpus, session or checkpoint. Source: agent.md 12.
#pragma once

#include "app/backend/backend.h"
#include "app/backend/chat_wire.h"
#include "app/backend/key_source.h"
#include "app/backend/retry.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace app {

struct ClientOptions {
    std::string name;               // as saved in the settings: "deepseek"
    std::string url;                // "https://api.deepseek.com", "http://127.0.0.1:8000/v1"
    std::string model;              // "deepseek-flash"
    KeySource key;
    ThinkingDialect dialect = ThinkingDialect::DeepSeek;
    std::int64_t window = 0;        // tokens; 0 = unknown, never guessed
    std::int64_t maxOutput = 0;
    int level = 2;
    bool tools = true;
    std::string priceRow;
    std::string caFile, proxy;      // both empty: the system's authorities, no proxy
    bool offline = false;           // refuse before a socket is opened

    std::chrono::milliseconds firstPayload{660'000}; // the hosted side gives up at 10 minutes
    std::chrono::milliseconds idle{120'000};         // between two payloads; keep-alive lines are none
    std::chrono::milliseconds ceiling{1'800'000};    // a whole answer
    std::chrono::milliseconds connectTime{20'000};
    RetryPolicy retry;
    std::size_t maxEvent = std::size_t{1} << 20;     // bytes of one event
    std::size_t maxAnswer = std::size_t{32} << 20;   // bytes of one answer on the wire
};

struct Endpoint;
struct Settings;
// A saved endpoint as options; an empty dialect is DeepSeek's, whose fields others ignore.
ClientOptions clientOptions(const Endpoint& endpoint, bool offline);
std::unique_ptr<Backend> makeOpenAiClient(const Endpoint& endpoint, const Settings& settings, bool offline);

// Checks address, key source and offline; opens no socket. Throws BackendError(Configuration).
std::unique_ptr<Backend> makeOpenAiClient(ClientOptions options);

struct EndpointLimits {
    std::int64_t window = 0, maxOutput = 0; // 0 = the server does not say
    bool found = false;                     // the model is in the server's list
};
// Asks GET …/models. Sends the key and nothing of a corpus.
EndpointLimits askModelLimits(const ClientOptions& options, std::stop_token stop);

} // namespace app
