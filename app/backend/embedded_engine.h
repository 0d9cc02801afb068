// EmbeddedEngine: a Backend over Model, Timeline, Tokenizer and Chat in this process. Keeps the common prefix of one
// request and the next (branches of a run), restores and saves snapshots at the shared prefix and every 64K tokens,
// reports prefill with rate and time left, and looks at the stop token in every chunk and token. Requests queue on a
// mutex; the timeline belongs to whoever holds it. Normally runs inside the engine process (engine_process.h).
#pragma once

#include "app/backend/backend.h"
#include "app/store/snapshot_shelf.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

namespace engine {
class Model;
class Timeline;
class Tokenizer;
struct ChatPrompt;
} // namespace engine

namespace app {

struct EmbeddedOptions {
    std::filesystem::path model;     // a folder, .safetensors or .gguf
    std::string device = "auto";
    std::int64_t window = 0;         // tokens; 0 = what the model allows and memory holds
    std::filesystem::path shelf;     // snapshots; empty = none
    std::uint64_t shelfBytes = 0;
};

// What an interrupted generation had sampled already, and who is told of every token.
struct Continuation {
    std::vector<std::int32_t> sampled;
    std::function<void(std::int32_t token)> onToken; // after the events of that token
};

class EmbeddedEngine : public Backend {
public:
    // Loads the model; throws BackendError(Configuration) with a sentence.
    explicit EmbeddedEngine(EmbeddedOptions options);
    ~EmbeddedEngine() override;

    BackendInfo info() override { return m_info; }
    std::shared_ptr<const TokenCounter> counter() override;
    Reply generate(const Request& request, const std::function<void(const Event&)>& onEvent, std::stop_token stop) override {
        return generateFrom(request, {}, onEvent, stop);
    }
    // Goes on behind the tokens sampled so far: the reply is the one an undisturbed run gives.
    Reply generateFrom(const Request& request, const Continuation& continuation,
                       const std::function<void(const Event&)>& onEvent, std::stop_token stop);

    const engine::Tokenizer& tokenizer() const { return *m_tokenizer; }
    int vocabulary() const; // rows of the embedding

private:
    struct Run;
    bool prefill(Run& run, std::span<const std::int32_t> tokens, std::int64_t stable);
    void restore(Run& run, std::span<const std::int32_t> tokens);
    void save(std::stop_token stop);
    void decode(Run& run);
    void choose(Run& run);
    std::int64_t stableTokens(const Request& request, const std::vector<std::int32_t>& tokens) const;

    EmbeddedOptions m_options;
    BackendInfo m_info;
    std::shared_ptr<const engine::Tokenizer> m_tokenizer;
    std::shared_ptr<const engine::Model> m_model;
    std::unique_ptr<engine::Timeline> m_timeline;
    std::unique_ptr<SnapshotShelf> m_shelf;
    std::mutex m_mutex;
};

} // namespace app
