// Snapshot: a Timeline written to a file and read back, so that a long text is evaluated once. A snapshot
// that does not belong to this model, mode, build or token sequence, or of which one bit is wrong, is never
// used: it is renamed to NAME.rejected and the caller evaluates again; it costs time, never correctness. The
// file holds text of the corpus (as tokens), so it is made readable by its owner only. State is streamed in
// parts of a megabyte: no second copy in memory. Functions for the engine thread; peekSnapshot() for any.
// File layout: snapshot_format.h.
#pragma once

#include "engine/timeline.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace engine {

// SHA-256 of the ids, hex: with the model's identity it names a snapshot.
std::string tokenHash(std::span<const std::int32_t> tokens);

struct SnapshotInfo {
    std::string identity; // of the model, see Model::identity()
    std::string tokenHash;
    std::string mode; // "model", "caches", "exact"
    std::int64_t tokens = 0;
    std::int64_t created = 0; // seconds since 1970
    std::uint64_t bytes = 0;  // of the file
};

// The header alone, checked by its own checksum; cheap. Throws a sentence when it is damaged or of another
// format.
SnapshotInfo peekSnapshot(const std::filesystem::path& file);

// Wholly written and on disk under `file`, or not there at all. Nothing when stopped. Throws a sentence when
// the disk is full or fails, or when the state holds a value that is not finite.
std::optional<SnapshotInfo> saveSnapshot(const Timeline& timeline, const std::filesystem::path& file,
                                         std::stop_token stop = {});

struct SnapshotOutcome {
    enum class State : std::uint8_t { Restored, Rejected, Stopped } state = State::Restored;
    std::string reason;             // why it was rejected, a sentence
    std::filesystem::path setAside; // where the rejected file lies now; empty if it could not be renamed
};

// Puts the saved sequence into `timeline`, when it is that of `expectedTokenHash` (empty: any). The whole
// file is checked first: a rejected one leaves the timeline as it was, in all but the rarest case (then
// empty). Throws when the file cannot be read or is longer than the timeline's capacity, which says nothing
// against the file.
SnapshotOutcome restoreSnapshot(Timeline& timeline, const std::filesystem::path& file,
                                const std::string& expectedTokenHash = {}, std::stop_token stop = {});

} // namespace engine
