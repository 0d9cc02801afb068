// Timeline: one growing token sequence and what the model remembers of it. The caller hands over the whole
// sequence it wants (sync), the timeline keeps the common prefix and evaluates the rest. Rewinding forgets;
// where the rings do not reach back it continues from the nearest checkpoint (kept every few thousand tokens
// and at the borders the caller names). After a stop or an error the timeline is valid and merely shorter.
// One thread, the engine's.
#pragma once

#include "engine/kv_cache.h"
#include "engine/model.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace engine {

struct SyncOptions {
    std::int64_t chunk = 0;                // tokens evaluated at a time; 0 = the device's preference
    std::span<const std::int64_t> borders; // positions worth returning to (message ends), ascending
    std::function<void(std::int64_t done, std::int64_t total)>
        onProgress;    // of the whole sequence, reused part included
    Observer observer; // sees evaluated tokens only
};

struct SyncResult {
    std::int64_t reused = 0, evaluated = 0;
    bool stopped = false;
};

class Timeline {
public:
    // `capacity`: tokens the sequence may grow to; 0 = what config.json allows.
    explicit Timeline(std::shared_ptr<const Model> model, std::int64_t capacity = 0);
    ~Timeline();

    const Model& model() const { return *m_model; }
    const std::vector<std::int32_t>& tokens() const { return m_tokens; }
    std::int64_t size() const { return static_cast<std::int64_t>(m_tokens.size()); }
    std::int64_t capacity() const { return m_cache.capacity(); }

    // Makes the timeline hold exactly `tokens`, with logits() of the last one. Throws when they exceed the
    // capacity.
    SyncResult sync(std::span<const std::int32_t> tokens, const SyncOptions& options = {},
                    std::stop_token stop = {});
    // Appends one token and evaluates it.
    void next(std::int32_t token, const Observer& observer = {});
    // Forgets everything after the first `size` tokens; may evaluate a stretch again from a checkpoint. When
    // stopped it is shorter still. logits() are empty afterwards, until next() or sync().
    void rewind(std::int64_t size, std::stop_token stop = {});
    // Logits behind the last token [V]; empty when there are none.
    std::span<const float> logits() const { return m_logits; }

    // Keeps a checkpoint here, so that rewinding to this position is cheap.
    void keep();
    std::vector<std::int64_t> checkpoints() const; // their positions, ascending

    // --- snapshot.cpp: state in and out ---
    const KvCache& cache() const { return m_cache; }
    KvCache& beginRestore(std::int64_t position); // forgets everything; write the cache's blocks, then
    void finishRestore(std::vector<std::int32_t> tokens, std::vector<float> logits);

private:
    bool evaluate(std::span<const std::int32_t> tokens, bool wantLogits, const Observer& observer,
                  std::stop_token stop);
    void returnTo(std::int64_t target);
    void thinOut();

    std::shared_ptr<const Model> m_model;
    KvCache m_cache;
    std::unique_ptr<Workspace> m_workspace;
    std::vector<std::int32_t> m_tokens;
    std::vector<float> m_logits;
    struct Checkpoint {
        KvCache::Tail tail;
        bool named = false; // a border the caller named: dropped last
    };
    std::map<std::int64_t, Checkpoint> m_checkpoints;
};

} // namespace engine
