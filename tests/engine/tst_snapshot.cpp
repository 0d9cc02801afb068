// Snapshots: what was saved and read back goes on as if it had never stopped, byte for byte; anything else is refused,
// set aside, and leaves the timeline alone.
#include "engine/snapshot.h"
#include "engine/snapshot_format.h"
#include "tests/support/checkpoint_writer.h"
#include "tests/support/formula_weights.h"
#include "tests/support/process_memory.h"

#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <iterator>
#include <limits>
#include <random>

#include <sys/resource.h>
#include <sys/stat.h>

namespace fs = std::filesystem;
using engine::SnapshotOutcome;
using engine::Timeline;
using State = SnapshotOutcome::State;

namespace {

std::vector<std::byte> stateOf(const engine::KvCache& cache) {
    std::vector<std::byte> all;
    for (const engine::StateBlock& block : cache.blocks()) {
        std::vector<std::byte> bytes(block.bytes());
        cache.readBlock(block, bytes);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
}

std::vector<float> logitsOf(const Timeline& timeline) { return {timeline.logits().begin(), timeline.logits().end()}; }

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::span<const std::byte> asBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

template<class Action>
std::string sentence(Action action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing was refused";
}

// A well-formed file of that header and payload: what somebody would have to make who knows the format.
std::string sealed(engine::SnapshotHeader header, const std::string& payload) {
    header.payloadBytes = payload.size();
    const auto start = engine::encodeSnapshotHeader(header);
    std::string out(reinterpret_cast<const char*>(start.data()), start.size());
    engine::SnapshotSeal seal(start);
    const auto add = [&](const engine::BlockHash& hash) { out += support::rawBytes(hash.mixed) + support::rawBytes(hash.sum); };
    for (std::size_t at = 0; at < payload.size(); at += engine::snapshotPart) {
        const std::string part = payload.substr(at, engine::snapshotPart);
        out += part;
        add(seal.part(asBytes(part)));
    }
    out += "LECTEND.";
    add(seal.whole());
    return out;
}

// The header and the payload of a file whose payload is one part.
std::pair<engine::SnapshotHeader, std::string> unsealed(const std::string& file) {
    std::size_t used = 0;
    const auto header = engine::parseSnapshotHeader(asBytes(file).first(std::min(file.size(), engine::maxSnapshotHeader)), used);
    return {header, file.substr(used, header.payloadBytes)};
}

} // namespace

class TestSnapshot : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    std::shared_ptr<const engine::Model> m_model, m_exact;
    std::vector<std::int32_t> m_text = support::formulaTokens(400, 64);

    fs::path file(const std::string& name = "one.snapshot") const { return fs::path(m_temporary.path().toStdString()) / name; }
    std::unique_ptr<Timeline> evaluated(const std::shared_ptr<const engine::Model>& model, std::size_t tokens) const {
        auto timeline = std::make_unique<Timeline>(model, 512);
        timeline->sync(std::span(m_text).first(tokens));
        return timeline;
    }
    // Restoring `bytes` must fail with that sentence, set the file aside, and leave `timeline` as it is.
    std::string rejects(Timeline& timeline, const std::string& bytes, const std::string& words, const std::string& hash = {}) {
        const auto before = stateOf(timeline.cache());
        const auto tokens = timeline.tokens();
        support::writeFile(file("bad"), bytes);
        const SnapshotOutcome outcome = restoreSnapshot(timeline, file("bad"), hash);
        if (outcome.state != State::Rejected) return "was accepted";
        if (outcome.reason.find(words) == std::string::npos) return "said: " + outcome.reason;
        if (fs::exists(file("bad")) || outcome.setAside != file("bad.rejected") || !fs::exists(file("bad.rejected"))) return "was not set aside";
        if (timeline.tokens() != tokens || stateOf(timeline.cache()) != before) return "changed the timeline";
        return {};
    }

private slots:
    void initTestCase() {
        auto weights = std::make_shared<support::FormulaWeights>(support::smallConfig());
        m_model = engine::Model::open(weights, "reference", kernels::Mode::Model);
        m_exact = engine::Model::open(weights, "reference", kernels::Mode::Exact);
    }

    void hashKnowsPublishedValues() {
        // XXH64 of the empty string and of "abc", seed 0, as its specification lists them.
        QCOMPARE(engine::hashBlock({}, 0).mixed, std::uint64_t{0xEF46DB3751D8E999});
        QCOMPARE(engine::hashBlock(asBytes("abc"), 0).mixed, std::uint64_t{0x44BC2CF5AD770999});
        std::string text(100, 'x');
        const auto whole = engine::hashBlock(asBytes(text), 7);
        for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ 1 << bit % 8);
            const auto other = engine::hashBlock(asBytes(text), 7);
            QVERIFY(other.mixed != whole.mixed && other.sum != whole.sum);
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ 1 << bit % 8);
        }
        QCOMPARE(engine::tokenHash({}), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    void continuesByteForByte_data() {
        QTest::addColumn<bool>("exact");
        QTest::addColumn<int>("tokens");
        for (const int tokens : {1, 3, 4, 8, 31, 127, 128, 129, 300}) {
            QTest::newRow(("model " + std::to_string(tokens)).c_str()) << false << tokens;
            QTest::newRow(("exact " + std::to_string(tokens)).c_str()) << true << tokens;
        }
    }
    void continuesByteForByte() {
        QFETCH(bool, exact);
        QFETCH(int, tokens);
        const auto& model = exact ? m_exact : m_model;
        const auto original = evaluated(model, static_cast<std::size_t>(tokens));
        const auto info = saveSnapshot(*original, file());
        QVERIFY(info && info->tokens == tokens && info->bytes == fs::file_size(file()));
        Timeline restored(model, 512);
        restored.sync(std::span(m_text).subspan(20, 50)); // what was there before does not matter
        QVERIFY(restoreSnapshot(restored, file(), engine::tokenHash(original->tokens())).state == State::Restored);
        QVERIFY(restored.tokens() == original->tokens());
        QVERIFY(logitsOf(restored) == logitsOf(*original));
        QVERIFY(stateOf(restored.cache()) == stateOf(original->cache()));
        for (int i = 0; i < 64; ++i) {
            original->next(m_text[static_cast<std::size_t>(tokens + i)]);
            restored.next(m_text[static_cast<std::size_t>(tokens + i)]);
            QVERIFY(logitsOf(restored) == logitsOf(*original));
        }
        QVERIFY(stateOf(restored.cache()) == stateOf(original->cache()));
        // The same state makes the same file, but for the time.
        QVERIFY(saveSnapshot(restored, file("again")) && saveSnapshot(*original, file("other")));
        QVERIFY(unsealed(contents(file("again"))).second == unsealed(contents(file("other"))).second);
    }

    void peeksAtTheHeader() {
        const auto timeline = evaluated(m_model, 40);
        QVERIFY(saveSnapshot(*timeline, file()));
        const engine::SnapshotInfo info = engine::peekSnapshot(file());
        QCOMPARE(info.identity, m_model->identity());
        QCOMPARE(info.tokenHash, engine::tokenHash(timeline->tokens()));
        QCOMPARE(info.mode, std::string("model"));
        QCOMPARE(info.tokens, std::int64_t{40});
        QVERIFY(info.created > 1'700'000'000 && info.bytes == fs::file_size(file()));
        struct stat status = {};
        QVERIFY(::stat(file().c_str(), &status) == 0 && (status.st_mode & 0777) == 0600);
        support::writeFile(file("no"), "no snapshot");
        QVERIFY(sentence([&] { engine::peekSnapshot(file("no")); }).find("not a snapshot") != std::string::npos);
        QVERIFY(sentence([&] { engine::peekSnapshot(file("absent")); }).find("Cannot open") != std::string::npos);
    }

    void noFlippedBitIsAccepted() {
        const auto timeline = evaluated(m_model, 60);
        QVERIFY(saveSnapshot(*timeline, file()));
        std::string bytes = contents(file());
        std::size_t headerBytes = 0;
        engine::parseSnapshotHeader(asBytes(bytes).first(std::min(bytes.size(), engine::maxSnapshotHeader)), headerBytes);
        std::mt19937_64 random(42);
        const std::size_t headerBits = headerBytes * 8;
        Timeline other(m_model, 512);
        int accepted = 0;
        for (std::size_t i = 0; i < 10'000 + headerBits; ++i) {
            const std::size_t bit = i < headerBits ? i : random() % (bytes.size() * 8);
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
            support::writeFile(file("bad"), bytes);
            accepted += restoreSnapshot(other, file("bad")).state != State::Rejected;
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
        }
        QCOMPARE(accepted, 0);
        QCOMPARE(other.size(), std::int64_t{0});
        support::writeFile(file("bad"), bytes);
        QVERIFY(restoreSnapshot(other, file("bad")).state == State::Restored);
        qInfo("%zu flips in a file of %zu bytes", 10'000 + headerBits, bytes.size());
    }

    void noCutFileIsAccepted() {
        const auto timeline = evaluated(m_exact, 300);
        QVERIFY(saveSnapshot(*timeline, file()));
        const std::string bytes = contents(file());
        int files = 0;
        for (std::size_t n = 0; n < bytes.size(); n += 4096, ++files)
            for (const std::size_t cut : {n, n + 1, bytes.size() - 1 - n}) {
                if (cut >= bytes.size()) continue;
                const std::string wrong = rejects(*timeline, bytes.substr(0, cut), "");
                QVERIFY2(wrong.empty(), (std::to_string(cut) + ": " + wrong).c_str());
            }
        QCOMPARE(rejects(*timeline, bytes + '\0', "bytes behind its end"), std::string());
        QCOMPARE(files, static_cast<int>((bytes.size() + 4095) / 4096));
        QVERIFY(files > 5);
    }

    void foreignSnapshotsAreRefused() {
        const auto timeline = evaluated(m_model, 50), exact = evaluated(m_exact, 50), longer = evaluated(m_model, 51);
        QVERIFY(saveSnapshot(*timeline, file()) && saveSnapshot(*exact, file("exact")));
        const std::string bytes = contents(file());
        QCOMPARE(rejects(*timeline, contents(file("exact")), "another model, mode or version"), std::string());
        QCOMPARE(rejects(*timeline, bytes, "another text", engine::tokenHash(longer->tokens())), std::string());
        const auto [header, payload] = unsealed(bytes);
        const auto changed = [&, &header = header, &payload = payload](auto change) {
            auto copy = header;
            change(copy);
            return sealed(copy, payload);
        };
        QCOMPARE(rejects(*timeline, changed([](auto& h) { h.identity += "x"; }), "another model"), std::string());
        QCOMPARE(rejects(*timeline, changed([](auto& h) { h.mode = 2; }), "another model"), std::string());
        QCOMPARE(rejects(*timeline, changed([](auto& h) { h.tokenHash[0] ^= 1; }), "not those of its header"), std::string());
        QCOMPARE(rejects(*timeline, changed([](auto& h) { h.tokens = 0; }), "no text"), std::string());
        QCOMPARE(rejects(*timeline, changed([](auto& h) { h.logits = 1; }), "another vocabulary"), std::string());
        // The body of another snapshot, of the same size and correct in itself.
        auto other = std::make_unique<Timeline>(m_model, 512);
        other->sync(std::span(m_text).subspan(100, 50));
        QVERIFY(saveSnapshot(*other, file("other")));
        const std::size_t start = bytes.size() - payload.size() - 40;
        QCOMPARE(rejects(*timeline, bytes.substr(0, start) + contents(file("other")).substr(start), "damaged"), std::string());
        std::string version = bytes;
        version[8] = 2;
        QCOMPARE(rejects(*timeline, version, "format 2"), std::string());
    }

    void statesOfAnotherSizeAreRefused() {
        const auto timeline = evaluated(m_model, 50);
        QVERIFY(saveSnapshot(*timeline, file()));
        const auto [header, payload] = unsealed(contents(file()));
        for (const std::string& wrong : {payload + std::string(16, '\0'), payload.substr(0, payload.size() - 16)}) {
            support::writeFile(file("bad"), sealed(header, wrong));
            Timeline other(m_model, 512);
            other.sync(std::span(m_text).first(5));
            const auto outcome = restoreSnapshot(other, file("bad"));
            QVERIFY(outcome.state == State::Rejected && outcome.reason.find("than the state of its tokens") != std::string::npos);
            QCOMPARE(other.size(), std::int64_t{0}); // the rare case: empty, and usable
            other.sync(std::span(m_text).first(50));
            QVERIFY(logitsOf(other) == logitsOf(*timeline));
        }
    }

    void partsInAnotherOrderAreRefused() {
        engine::SnapshotHeader header;
        header.identity = "none";
        std::string payload(3 * engine::snapshotPart, 'a');
        payload[0] = 'b';
        std::string file = sealed(header, payload);
        std::size_t used = 0;
        header = engine::parseSnapshotHeader(asBytes(file).first(engine::maxSnapshotHeader), used);
        const auto readAll = [&](const std::string& whole) {
            std::size_t at = used;
            engine::SnapshotReader reader(header, asBytes(whole).first(used), [&](std::span<std::byte> into) {
                const std::size_t n = std::min(into.size(), whole.size() - at);
                std::memcpy(into.data(), whole.data() + at, n);
                at += n;
                return n;
            });
            std::size_t parts = 0;
            while (!reader.next().empty()) ++parts;
            return parts;
        };
        QCOMPARE(readAll(file), std::size_t{3});
        const std::size_t step = engine::snapshotPart + 16;
        const std::string first = file.substr(used, step), third = file.substr(used + 2 * step, step);
        file.replace(used, step, third), file.replace(used + 2 * step, step, first);
        QVERIFY(sentence([&] { readAll(file); }).find("damaged") != std::string::npos);
    }

    void nothingNonFiniteGoesInOrOut() {
        for (const auto& model : {m_model, m_exact}) {
            const auto timeline = evaluated(model, 140);
            QVERIFY(saveSnapshot(*timeline, file()));
            const auto [header, payload] = unsealed(contents(file()));
            auto& cache = const_cast<engine::KvCache&>(timeline->cache());
            std::size_t at = 4 * (header.tokens + header.logits);
            int tried = 0;
            for (const engine::StateBlock& block : cache.blocks()) {
                const std::size_t bytes = block.bytes();
                if (bytes != 0 && !(model == m_model && block.name.find("index_rows.data") != std::string::npos)) {
                    std::string bad = payload;
                    // All ones is no number in any of the layouts.
                    std::memset(bad.data() + at, 0xFF, std::min<std::size_t>(bytes, 4));
                    support::writeFile(file("bad"), sealed(header, bad));
                    Timeline other(model, 512);
                    const auto outcome = restoreSnapshot(other, file("bad"));
                    QVERIFY2(outcome.state == State::Rejected && outcome.reason.find("not finite (" + block.name) != std::string::npos, outcome.reason.c_str());
                    std::vector<std::byte> saved(bytes), ones(bytes, std::byte{0xFF});
                    cache.readBlock(block, saved);
                    cache.writeBlock(block, ones);
                    QVERIFY(sentence([&] { saveSnapshot(*timeline, file("nan")); }).find("not finite (" + block.name) != std::string::npos);
                    QVERIFY(!fs::exists(file("nan")));
                    cache.writeBlock(block, saved);
                    ++tried;
                }
                at += bytes;
            }
            QCOMPARE(at, payload.size());
            QVERIFY(tried > 8);
            std::string bad = payload;
            const float infinity = std::numeric_limits<float>::infinity();
            std::memcpy(bad.data() + 4 * header.tokens, &infinity, 4);
            QCOMPARE(rejects(*timeline, sealed(header, bad), "not finite (logits)"), std::string());
        }
    }

    // The scan takes eight bytes at a time where it can: byte by byte it must say the same, wherever it is cut.
    void scanDoesNotDependOnTheCuts() {
        std::mt19937 random(11);
        int refused = 0;
        for (const auto& model : {m_model, m_exact}) {
            const auto timeline = evaluated(model, 140);
            const engine::KvCache& cache = timeline->cache();
            for (const engine::StateBlock& block : cache.blocks()) {
                std::vector<std::byte> good(std::min<std::size_t>(block.bytes(), 3000));
                for (int round = 0; round < 40 && good.size() == block.bytes(); ++round) {
                    cache.readBlock(block, good);
                    for (int i = round % 3; i > 0; --i) good[random() % good.size()] = std::array{std::byte{0x7F}, std::byte{0xFF}, std::byte{0x80}}[random() % 3];
                    engine::FiniteScan bytewise(cache, block), cut(cache, block);
                    bool expected = true, found = true;
                    for (const std::byte& byte : good) expected &= bytewise.finite({&byte, 1});
                    for (std::span<const std::byte> rest = good; !rest.empty();) {
                        const std::size_t n = std::min<std::size_t>(rest.size(), 1 + random() % 200);
                        found &= cut.finite(rest.first(n));
                        rest = rest.subspan(n);
                    }
                    QVERIFY2(found == expected, block.name.c_str());
                    refused += !found;
                }
            }
        }
        QVERIFY2(refused > 20, qPrintable(QString::number(refused)));
    }

    void whatIsNotTheFilesFaultThrows() {
        const auto timeline = evaluated(m_model, 50);
        QVERIFY(saveSnapshot(*timeline, file()));
        Timeline small(m_model, 49);
        QVERIFY(sentence([&] { restoreSnapshot(small, file()); }).find("choose a longer context") != std::string::npos);
        QVERIFY(fs::exists(file()));
        QVERIFY(sentence([&] { restoreSnapshot(small, file("absent")); }).find("Cannot open") != std::string::npos);
        QVERIFY(sentence([&] { restoreSnapshot(small, file().parent_path()); }).find("not a regular file") != std::string::npos);
        QVERIFY(sentence([&] { saveSnapshot(Timeline(m_model, 8), file("empty")); }).find("nothing to save") != std::string::npos);
        QVERIFY(sentence([&] { saveSnapshot(*timeline, file("no/folder")); }).find("Cannot open") != std::string::npos);
    }

    void stopsAndFailuresLeaveNothing() {
        const auto timeline = evaluated(m_model, 50);
        const fs::path folder = file("clean");
        fs::create_directory(folder);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!saveSnapshot(*timeline, folder / "a", stop.get_token()));
        QVERIFY(fs::is_empty(folder));
        // A disk that takes no more than 4,096 bytes.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit old = {}, limited = {4096, 4096};
        getrlimit(RLIMIT_FSIZE, &old);
        limited.rlim_max = old.rlim_max;
        setrlimit(RLIMIT_FSIZE, &limited);
        const std::string said = sentence([&] { saveSnapshot(*timeline, folder / "a"); });
        setrlimit(RLIMIT_FSIZE, &old);
        QVERIFY2(said.find("Cannot write the snapshot") != std::string::npos, said.c_str());
        QVERIFY(fs::is_empty(folder));
        QVERIFY(saveSnapshot(*timeline, folder / "a"));
        Timeline other(m_model, 512);
        QVERIFY(restoreSnapshot(other, folder / "a", {}, stop.get_token()).state == State::Stopped);
        QVERIFY(fs::exists(folder / "a") && other.size() == 0);
        QCOMPARE(std::distance(fs::directory_iterator(folder), {}), std::ptrdiff_t{1});
    }

    void largeStatesAreStreamed() {
        constexpr std::int64_t tokens = 200'000;
        Timeline timeline(m_exact, tokens);
        timeline.beginRestore(tokens); // rows of zeros, as good as any for this
        timeline.finishRestore(std::vector<std::int32_t>(tokens, 1), std::vector<float>(static_cast<std::size_t>(m_exact->config().vocabulary)));
        std::size_t bytes = 0;
        for (const auto& block : timeline.cache().blocks()) bytes += block.bytes();
        for (int round = 0; round < 2; ++round) { // the first touches the cache's pages
            const support::MemoryMark memory;
            const auto start = std::chrono::steady_clock::now();
            QVERIFY(saveSnapshot(timeline, file("large")));
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (round == 0) continue;
            qInfo("%.0f MB saved in %.2f s with %.1f MB of memory", static_cast<double>(bytes) / 1e6, seconds, static_cast<double>(memory.peakGrowthBytes()) / 1e6);
            QVERIFY(bytes > 16u << 20);
#if !defined(__SANITIZE_ADDRESS__)
            QVERIFY(memory.peakGrowthBytes() < 12 << 20);
#endif
        }
        QVERIFY(restoreSnapshot(timeline, file("large")).state == State::Restored);
        QCOMPARE(timeline.size(), tokens);
        fs::remove(file("large"));
    }
};

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
