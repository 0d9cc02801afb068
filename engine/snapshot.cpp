#include "engine/snapshot.h"

#include "engine/snapshot_format.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <random>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

namespace fs = std::filesystem;

// What is wrong with the file itself, as opposed to the disk or the request: it is set aside.
struct Rejection : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] void failed(const std::string& what, const fs::path& file) {
    throw std::runtime_error(what + " " + file.string() + ": " + std::strerror(errno) + ".");
}

class File {
public:
    File(const fs::path& path, int flags)
        : m_path(path), m_descriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600)) {
        if (m_descriptor < 0) failed("Cannot open the snapshot", path);
    }
    ~File() { ::close(m_descriptor); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::uint64_t size() const {
        struct stat status = {};
        if (::fstat(m_descriptor, &status) != 0) failed("Cannot read the snapshot", m_path);
        if (!S_ISREG(status.st_mode))
            throw std::runtime_error("The snapshot " + m_path.string() + " is not a regular file.");
        return static_cast<std::uint64_t>(status.st_size);
    }
    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::write(m_descriptor, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) failed("Cannot write the snapshot", m_path);
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
    }
    // As much as there is.
    std::size_t read(std::span<std::byte> into) {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t n = ::read(m_descriptor, into.data() + done, into.size() - done);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) failed("Cannot read the snapshot", m_path);
            if (n == 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }
    void seek(std::uint64_t to) {
        if (::lseek(m_descriptor, static_cast<off_t>(to), SEEK_SET) < 0)
            failed("Cannot read the snapshot", m_path);
    }
    void sync() {
        if (::fsync(m_descriptor) != 0) failed("Cannot write the snapshot", m_path);
    }

private:
    fs::path m_path;
    int m_descriptor;
};

// A file under a name nobody else uses, that goes away unless it is given its real one.
class Temporary {
public:
    explicit Temporary(const fs::path& target)
        : m_target(target), m_path(target.string() + "." + std::to_string(std::random_device()()) + ".part"),
          m_file(m_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW) {}
    ~Temporary() {
        if (!m_kept) ::unlink(m_path.c_str());
    }
    File& file() { return m_file; }
    void keep() {
        m_file.sync();
        if (::rename(m_path.c_str(), m_target.c_str()) != 0) failed("Cannot name the snapshot", m_target);
        m_kept = true;
        const fs::path folder = m_target.has_parent_path() ? m_target.parent_path() : fs::path(".");
        File(folder, O_RDONLY | O_DIRECTORY).sync();
    }

private:
    fs::path m_target, m_path;
    File m_file;
    bool m_kept = false;
};

// Collects bytes into parts, seals and writes them.
class PartWriter {
public:
    PartWriter(File& file, std::span<const std::byte> header) : m_file(file), m_seal(header) {
        m_part.reserve(snapshotPart + 16);
    }

    void add(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const std::size_t n = std::min(bytes.size(), snapshotPart - m_part.size());
            m_part.insert(m_part.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
            bytes = bytes.subspan(n);
            if (m_part.size() == snapshotPart) flush();
        }
    }
    void end() {
        if (!m_part.empty()) flush();
        m_file.write(std::as_bytes(std::span("LECTEND.", 8)));
        writeHash(m_seal.whole());
    }

private:
    void flush() {
        const BlockHash hash = m_seal.part(m_part);
        m_file.write(m_part);
        writeHash(hash);
        m_part.clear();
    }
    void writeHash(const BlockHash& hash) {
        const std::array<std::uint64_t, 2> words{hash.mixed, hash.sum};
        m_file.write(std::as_bytes(std::span(words)));
    }

    File& m_file;
    SnapshotSeal m_seal;
    std::vector<std::byte> m_part;
};

Sha256::Digest hashTokens(std::span<const std::int32_t> tokens) {
    Sha256 hash;
    hash.update(std::as_bytes(tokens));
    return hash.digest();
}

// A piece of a block as a block of its own: `at` bytes in, `size` long.
StateBlock pieceOf(const StateBlock& block, std::size_t at, std::size_t size) {
    StateBlock piece = block;
    const std::size_t first = block.ranges[0].size();
    piece.ranges = {};
    if (at < first) piece.ranges[0] = block.ranges[0].subspan(at, std::min(size, first - at));
    const std::size_t rest = size - piece.ranges[0].size();
    if (rest > 0) piece.ranges[1] = block.ranges[1].subspan(at + piece.ranges[0].size() - first, rest);
    return piece;
}

const char* modeName(std::uint32_t mode) {
    constexpr const char* names[] = {"model", "caches", "exact"};
    return mode < std::size(names) ? names[mode] : "unknown";
}

SnapshotInfo infoOf(const SnapshotHeader& header, std::uint64_t bytes) {
    return {header.identity,
            toHex(header.tokenHash),
            modeName(header.mode),
            static_cast<std::int64_t>(header.tokens),
            static_cast<std::int64_t>(header.created),
            bytes};
}

SnapshotHeader headerOf(const Timeline& timeline, const std::vector<StateBlock>& blocks) {
    SnapshotHeader header;
    header.mode = static_cast<std::uint32_t>(timeline.model().mode());
    header.tokens = timeline.tokens().size();
    header.logits = timeline.logits().size();
    header.created = static_cast<std::uint64_t>(std::time(nullptr));
    header.tokenHash = hashTokens(timeline.tokens());
    header.identity = timeline.model().identity();
    header.payloadBytes = 4 * (header.tokens + header.logits);
    for (const StateBlock& block : blocks) header.payloadBytes += block.bytes();
    return header;
}

void refuseNonFinite(const std::string& where) {
    throw std::runtime_error("The state holds a value that is not finite (" + where +
                             "), so no snapshot is made of it.");
}

bool allFinite(std::span<const float> values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

bool writeState(PartWriter& writer, const KvCache& cache, const std::vector<StateBlock>& blocks,
                std::stop_token stop) {
    std::vector<std::byte> buffer;
    for (const StateBlock& block : blocks) {
        FiniteScan scan(cache, block);
        for (std::size_t at = 0; at < block.bytes(); at += snapshotPart) {
            if (stop.stop_requested()) return false;
            buffer.resize(std::min(snapshotPart, block.bytes() - at));
            cache.readBlock(pieceOf(block, at, buffer.size()), buffer);
            if (!scan.finite(buffer)) refuseNonFinite(block.name);
            writer.add(buffer);
        }
    }
    return true;
}

// The opened file and its header, once both fit each other.
struct Opened {
    File file;
    std::vector<std::byte> start;
    SnapshotHeader header;
    std::uint64_t bytes = 0;

    explicit Opened(const fs::path& path) : file(path, O_RDONLY | O_NOFOLLOW), bytes(file.size()) {
        start.resize(std::min<std::uint64_t>(bytes, maxSnapshotHeader));
        start.resize(file.read(start));
        std::size_t used = 0;
        try {
            header = parseSnapshotHeader(start, used);
        } catch (const std::runtime_error& error) {
            throw Rejection(error.what());
        }
        start.resize(used);
        if (bytes != snapshotFileBytes(header, used))
            throw Rejection("The snapshot is cut short or has bytes behind its end.");
    }
    SnapshotReader reader() {
        file.seek(start.size());
        return SnapshotReader(header, start, [this](std::span<std::byte> into) { return file.read(into); });
    }
};

void checkIdentity(const SnapshotHeader& header, const Timeline& timeline,
                   const std::string& expectedTokenHash) {
    if (header.identity != timeline.model().identity() ||
        header.mode != static_cast<std::uint32_t>(timeline.model().mode()))
        throw Rejection("The snapshot was made with another model, mode or version of this program.");
    if (!expectedTokenHash.empty() && toHex(header.tokenHash) != expectedTokenHash)
        throw Rejection("The snapshot is of another text.");
    if (header.tokens == 0) throw Rejection("The snapshot is of no text at all.");
    const auto vocabulary = static_cast<std::uint64_t>(timeline.model().config().vocabulary);
    if (header.logits != 0 && header.logits != vocabulary)
        throw Rejection("The snapshot has another vocabulary.");
    if (header.tokens > static_cast<std::uint64_t>(timeline.capacity()))
        throw std::runtime_error("The snapshot has " + std::to_string(header.tokens) +
                                 " tokens and the context holds " + std::to_string(timeline.capacity()) +
                                 ": choose a longer context.");
}

// Hands out the payload in pieces of any size; a part is checked before its bytes are seen.
class Payload {
public:
    explicit Payload(SnapshotReader reader) : m_reader(std::move(reader)) {}

    void read(std::span<std::byte> into) {
        while (!into.empty()) {
            const auto piece = take(into.size());
            std::copy(piece.begin(), piece.end(), into.begin());
            into = into.subspan(piece.size());
        }
    }
    std::span<const std::byte> take(std::size_t most) {
        if (m_part.empty()) m_part = m_reader.next();
        if (m_part.empty()) throw std::runtime_error("The snapshot is smaller than the state of its tokens.");
        const auto piece = m_part.first(std::min(most, m_part.size()));
        m_part = m_part.subspan(piece.size());
        return piece;
    }
    void end() {
        if (!m_part.empty() || !m_reader.next().empty())
            throw std::runtime_error("The snapshot is larger than the state of its tokens.");
    }

private:
    SnapshotReader m_reader;
    std::span<const std::byte> m_part;
};

bool verify(Opened& opened, std::stop_token stop) {
    SnapshotReader reader = opened.reader();
    while (!reader.next().empty())
        if (stop.stop_requested()) return false;
    return true;
}

void loadState(KvCache& cache, Payload& payload) {
    for (const StateBlock& block : cache.blocks()) {
        FiniteScan scan(cache, block);
        for (std::size_t at = 0; at < block.bytes();) {
            const auto piece = payload.take(block.bytes() - at);
            if (!scan.finite(piece))
                throw std::runtime_error("The snapshot holds a value that is not finite (" + block.name +
                                         ").");
            cache.writeBlock(pieceOf(block, at, piece.size()), piece);
            at += piece.size();
        }
    }
    payload.end();
}

void load(Opened& opened, Timeline& timeline) {
    Payload payload(opened.reader());
    std::vector<std::int32_t> tokens(opened.header.tokens);
    std::vector<float> logits(opened.header.logits);
    payload.read(std::as_writable_bytes(std::span(tokens)));
    payload.read(std::as_writable_bytes(std::span(logits)));
    const int vocabulary = timeline.model().config().vocabulary;
    if (hashTokens(tokens) != opened.header.tokenHash ||
        std::any_of(tokens.begin(), tokens.end(), [&](std::int32_t t) { return t < 0 || t >= vocabulary; }))
        throw std::runtime_error("The snapshot's tokens are not those of its header.");
    if (!allFinite(logits))
        throw std::runtime_error("The snapshot holds a value that is not finite (logits).");
    loadState(timeline.beginRestore(static_cast<std::int64_t>(tokens.size())), payload);
    timeline.finishRestore(std::move(tokens), std::move(logits));
}

fs::path setAside(const fs::path& file) {
    fs::path target = file;
    target += ".rejected";
    return ::rename(file.c_str(), target.c_str()) == 0 ? target : fs::path();
}

} // namespace

std::string tokenHash(std::span<const std::int32_t> tokens) {
    return toHex(hashTokens(tokens));
}

SnapshotInfo peekSnapshot(const fs::path& file) {
    try {
        const Opened opened(file);
        return infoOf(opened.header, opened.bytes);
    } catch (const Rejection& rejection) {
        throw std::runtime_error(file.string() + ": " + rejection.what());
    }
}

std::optional<SnapshotInfo> saveSnapshot(const Timeline& timeline, const fs::path& file,
                                         std::stop_token stop) {
    if (timeline.size() == 0)
        throw std::runtime_error("There is nothing to save: no text was evaluated yet.");
    const std::vector<StateBlock> blocks = timeline.cache().blocks();
    const SnapshotHeader header = headerOf(timeline, blocks);
    if (!allFinite(timeline.logits())) refuseNonFinite("logits");
    const std::vector<std::byte> start = encodeSnapshotHeader(header);
    const std::uint64_t bytes = snapshotFileBytes(header, start.size());
    std::error_code unknown;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (const auto space = fs::space(folder, unknown); !unknown && space.available < bytes)
        throw std::runtime_error("The snapshot needs " + std::to_string(bytes) + " bytes and " +
                                 folder.string() + " has " + std::to_string(space.available) +
                                 " free: delete other snapshots or choose another folder.");
    Temporary temporary(file);
    temporary.file().write(start);
    PartWriter writer(temporary.file(), start);
    writer.add(std::as_bytes(std::span(timeline.tokens())));
    writer.add(std::as_bytes(timeline.logits()));
    if (!writeState(writer, timeline.cache(), blocks, stop)) return {};
    writer.end();
    temporary.keep();
    return infoOf(header, bytes);
}

SnapshotOutcome restoreSnapshot(Timeline& timeline, const fs::path& file,
                                const std::string& expectedTokenHash, std::stop_token stop) {
    using State = SnapshotOutcome::State;
    bool begun = false;
    try {
        Opened opened(file);
        checkIdentity(opened.header, timeline, expectedTokenHash);
        try {
            if (!verify(opened, stop)) return {State::Stopped, {}, {}};
            begun = true;
            load(opened, timeline);
        } catch (const std::runtime_error& error) {
            throw Rejection(error.what());
        }
        return {};
    } catch (const Rejection& rejection) {
        // A restore that broke off must not leave half a state behind.
        if (begun && timeline.cache().position() != timeline.size()) timeline.beginRestore(0);
        return {State::Rejected, file.string() + ": " + rejection.what(), setAside(file)};
    }
}

} // namespace engine
