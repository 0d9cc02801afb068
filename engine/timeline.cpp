#include "engine/timeline.h"

#include "engine/workspace.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <stdexcept>

namespace engine {

namespace {

constexpr std::int64_t checkpointStep =
    4096; // tokens between automatic checkpoints, doubled when there are too many
constexpr std::size_t checkpointLimit = 64; // of each kind

} // namespace

Timeline::Timeline(std::shared_ptr<const Model> model, std::int64_t capacity)
    : m_model(std::move(model)), m_cache(m_model->config(), m_model->sharedDevice(),
                                         capacity > 0 ? capacity : m_model->config().maxPositions) {}

Timeline::~Timeline() = default;

SyncResult Timeline::sync(std::span<const std::int32_t> tokens, const SyncOptions& options,
                          std::stop_token stop) {
    const std::int64_t total = static_cast<std::int64_t>(tokens.size());
    if (total > capacity())
        throw std::runtime_error("The text has " + std::to_string(total) + " tokens and the context holds " +
                                 std::to_string(capacity()) +
                                 ": leave something out or choose a longer context.");
    std::int64_t common =
        std::mismatch(m_tokens.begin(), m_tokens.end(), tokens.begin(), tokens.end()).first -
        m_tokens.begin();
    // The logits of the last token may be gone, or belong to a longer sequence: that token is evaluated
    // again.
    if (common == total && total > 0 && (size() != total || m_logits.empty())) --common;
    if (common < size()) returnTo(common);

    SyncResult result;
    result.reused = size();
    if (options.onProgress) options.onProgress(size(), total);
    const std::int64_t chunk = options.chunk > 0 ? options.chunk : m_model->device().preferredChunk();
    // A chunk ends where a checkpoint belongs; long chunks are not cut for it, they only end at multiples of it.
    const std::int64_t step = std::max<std::int64_t>(1, chunk / checkpointStep) * checkpointStep;
    while (size() < total && !stop.stop_requested()) {
        std::int64_t end = std::min(size() + chunk, total);
        const auto border = std::upper_bound(options.borders.begin(), options.borders.end(), size());
        if (border != options.borders.end()) end = std::min(end, *border);
        end = std::min(end, (size() / step + 1) * step);
        if (!evaluate(
                tokens.subspan(static_cast<std::size_t>(size()), static_cast<std::size_t>(end - size())),
                end == total, options.observer, stop))
            break;
        const bool named = border != options.borders.end() && *border == end;
        if (named || end % checkpointStep == 0) {
            m_checkpoints[end] = {m_cache.saveTail(), named};
            thinOut();
        }
        if (options.onProgress) options.onProgress(size(), total);
    }
    result.evaluated = size() - result.reused;
    result.stopped = size() < total;
    return result;
}

void Timeline::next(std::int32_t token, const Observer& observer) {
    evaluate(std::span(&token, 1), true, observer, {});
}

void Timeline::rewind(std::int64_t target, std::stop_token stop) {
    assert(target >= 0 && target <= size());
    if (target == size()) return;
    const std::vector<std::int32_t> wanted(m_tokens.begin(), m_tokens.begin() + target);
    returnTo(target);
    const std::int64_t chunk = m_model->device().preferredChunk();
    while (size() < target && !stop.stop_requested()) {
        const auto rest = std::span(wanted).subspan(static_cast<std::size_t>(size()));
        if (!evaluate(rest.first(std::min(rest.size(), static_cast<std::size_t>(chunk))), false, {}, stop))
            break;
    }
}

void Timeline::keep() {
    if (size() == 0) return;
    m_checkpoints[size()] = {m_cache.saveTail(), true};
    thinOut();
}

std::vector<std::int64_t> Timeline::checkpoints() const {
    std::vector<std::int64_t> positions;
    for (const auto& [position, checkpoint] : m_checkpoints) positions.push_back(position);
    return positions;
}

KvCache& Timeline::beginRestore(std::int64_t position) {
    m_tokens.clear();
    m_logits.clear();
    m_checkpoints.clear();
    m_cache.clear();
    m_cache.beginRestore(position);
    return m_cache;
}

void Timeline::finishRestore(std::vector<std::int32_t> tokens, std::vector<float> logits) {
    assert(static_cast<std::int64_t>(tokens.size()) == m_cache.position());
    m_tokens = std::move(tokens);
    m_logits = std::move(logits);
    keep(); // what follows a snapshot is likely to be replaced by something else
}

bool Timeline::evaluate(std::span<const std::int32_t> tokens, bool wantLogits, const Observer& observer,
                        std::stop_token stop) {
    const std::int64_t count = static_cast<std::int64_t>(tokens.size());
    if (!m_workspace || m_workspace->chunk < count) {
        m_workspace.reset(); // the old one first: both together may not fit
        m_workspace = m_model->workspace(count);
    }
    m_logits.clear();
    std::vector<float> logits(wantLogits ? static_cast<std::size_t>(m_model->config().vocabulary) : 0);
    // A long chunk overwrites the rings before it is known to succeed.
    std::optional<KvCache::Tail> before;
    if (count > kernels::ringSlack) before = m_cache.saveTail();
    bool finished = false;
    try {
        finished = m_model->forward(tokens, m_cache, *m_workspace, logits, observer, stop);
    } catch (...) {
        if (before) m_cache.restoreTail(*before);
        throw;
    }
    if (!finished) {
        if (before) m_cache.restoreTail(*before);
        return false;
    }
    m_tokens.insert(m_tokens.end(), tokens.begin(), tokens.end());
    m_logits = std::move(logits);
    return true;
}

// Forgets down to `target`, or below it to where the state can be had without evaluating.
void Timeline::returnTo(std::int64_t target) {
    m_logits.clear();
    m_checkpoints.erase(m_checkpoints.upper_bound(target), m_checkpoints.end());
    if (m_cache.canTruncate(target)) {
        m_cache.truncate(target);
    } else if (!m_checkpoints.empty()) {
        m_cache.restoreTail(m_checkpoints.rbegin()->second.tail);
    } else {
        m_cache.clear();
    }
    m_tokens.resize(static_cast<std::size_t>(m_cache.position()));
}

// Bounds the checkpoints of a long sequence: every second automatic one goes, and the oldest named ones.
void Timeline::thinOut() {
    for (const bool named : {false, true}) {
        std::size_t count = 0;
        for (const auto& [position, checkpoint] : m_checkpoints) count += checkpoint.named == named;
        if (count <= checkpointLimit) continue;
        bool drop = true;
        std::erase_if(m_checkpoints, [&](const auto& entry) {
            if (entry.second.named != named) return false;
            const bool result = drop;
            drop = named ? false : !drop;
            return result;
        });
    }
}

} // namespace engine
