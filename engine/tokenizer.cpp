#include "engine/tokenizer.h"

#include "engine/added_tokens.h"
#include "engine/pretokenizer.h"
#include "engine/tokenizer_parts.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>

namespace engine {

namespace {

constexpr std::size_t partBytes = 64 * 1024; // a thread takes this much text at a time
constexpr std::size_t cutReach = 32 * 1024;

// Room for the tokens of nearly every text (three to five bytes each in code and prose). The unused rest of a long vector
// is address space only; growing would copy everything, on one thread.
std::size_t mostTokens(std::size_t bytes) { return bytes / 2 + 8; }

struct Hash {
    std::uint64_t state = 0xCBF29CE484222325ull;
    void add(std::string_view bytes) {
        for (const char byte : bytes) state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001B3ull;
    }
    void add(TokenId id) {
        for (int shift = 0; shift < 32; shift += 8)
            state = (state ^ (static_cast<std::uint32_t>(id) >> shift & 255)) * 0x100000001B3ull;
    }
};

std::string fingerprintOf(const TokenizerParts& parts) {
    Hash hash;
    for (const std::string& text : parts.texts) {
        hash.add(static_cast<TokenId>(text.size()));
        hash.add(text);
    }
    for (const Merge& merge : parts.merges) {
        hash.add(merge.left);
        hash.add(merge.right);
    }
    for (const AddedToken& token : parts.added) hash.add(token.id);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash.state));
    return text;
}

} // namespace

struct Tokenizer::Impl {
    explicit Impl(TokenizerParts parts)
        : name(std::move(parts.name)), added(std::move(parts.added)), set(added), bpe(parts.merges, parts.byteIds),
          control(parts.texts.size()) {
        std::size_t total = 0;
        for (const std::string& text : parts.texts) total += text.size();
        blob.reserve(total);
        begins.reserve(parts.texts.size() + 1);
        for (const std::string& text : parts.texts) {
            begins.push_back(static_cast<std::uint32_t>(blob.size()));
            blob += text;
        }
        begins.push_back(static_cast<std::uint32_t>(blob.size()));
        for (const AddedToken& token : added)
            control[static_cast<std::size_t>(token.id)] = token.special ? Control::Special : Control::Added;
    }

    // Caches are lent out, so that encoding from several threads needs no lock and keeps what it has learned.
    class Lease {
    public:
        explicit Lease(Impl& owner) : m_owner(owner) {
            const std::lock_guard lock(owner.mutex);
            if (!owner.caches.empty()) {
                m_cache = std::move(owner.caches.back());
                owner.caches.pop_back();
            }
            if (!m_cache) m_cache = std::make_unique<BpeCache>();
        }
        ~Lease() {
            const std::lock_guard lock(m_owner.mutex);
            m_owner.caches.push_back(std::move(m_cache));
        }
        BpeCache& cache() { return *m_cache; }

    private:
        Impl& m_owner;
        std::unique_ptr<BpeCache> m_cache;
    };

    void encodePlain(std::string_view text, BpeCache& cache, std::vector<TokenId>& out) const {
        const PreTokenizer pieces(text);
        const char* const end = text.data() + text.size();
        for (const char* at = text.data(); at != end;) {
            const char* next = pieces.pieceEnd(at);
            bpe.encode({at, static_cast<std::size_t>(next - at)}, end, cache, out);
            at = next;
        }
    }

    void parts(std::string_view text, AddedTokens match,
               const std::function<void(std::string_view, TokenId)>& onPart) const {
        if (match == AddedTokens::Match) set.split(text, onPart);
        else if (!text.empty()) onPart(text, -1);
    }

    std::vector<TokenId> encodeThreaded(std::string_view text, AddedTokens match, int threads);

    enum class Control : std::uint8_t { Text, Added, Special };

    std::string name, fingerprint;
    std::vector<AddedToken> added;
    AddedTokenSet set;
    Bpe bpe;
    std::string blob;
    std::vector<std::uint32_t> begins;
    std::vector<Control> control; // by id
    std::mutex mutex;
    std::vector<std::unique_ptr<BpeCache>> caches;
};

std::vector<TokenId> Tokenizer::Impl::encodeThreaded(std::string_view text, AddedTokens match, int threads) {
    struct Part {
        Part(std::string_view text_, TokenId id_) : text(text_), id(id_), done(id_ >= 0) {}
        std::string_view text;
        TokenId id;
        std::vector<TokenId> ids;
        std::atomic<bool> done;
    };
    std::deque<Part> parts;
    this->parts(text, match, [&](std::string_view part, TokenId id) {
        while (id < 0 && part.size() > 2 * partBytes) {
            const std::size_t cut = safeCut(part, partBytes, cutReach);
            // No such place near: look on from there, so that a text without any stays whole.
            const std::size_t at = cut < part.size() ? cut : safeCut(part, partBytes, part.size());
            if (at >= part.size()) break;
            parts.emplace_back(part.substr(0, at), -1);
            part.remove_prefix(at);
        }
        parts.emplace_back(part, id);
    });
    std::vector<TokenId> out;
    out.reserve(mostTokens(text.size()));
    std::mutex spareMutex;
    std::vector<std::vector<TokenId>> spare; // buffers of joined parts: fresh memory for each part would be slower
    std::size_t joined = 0;                  // the caller's thread joins what is ready between its own parts
    const auto join = [&] {
        for (; joined < parts.size() && parts[joined].done.load(std::memory_order_acquire); ++joined) {
            Part& part = parts[joined];
            if (part.id >= 0) out.push_back(part.id);
            else out.insert(out.end(), part.ids.begin(), part.ids.end());
            part.ids.clear();
            const std::lock_guard lock(spareMutex);
            spare.push_back(std::move(part.ids));
        }
    };
    std::atomic<std::size_t> next{0};
    const auto work = [&](bool joins) {
        Lease lease(*this);
        for (std::size_t i; (i = next.fetch_add(1)) < parts.size();) {
            Part& part = parts[i];
            if (part.id >= 0) continue;
            std::vector<TokenId> ids; // not part.ids itself: its neighbour in memory belongs to another thread
            if (const std::lock_guard lock(spareMutex); !spare.empty()) {
                ids = std::move(spare.back());
                spare.pop_back();
            }
            ids.reserve(mostTokens(part.text.size()));
            encodePlain(part.text, lease.cache(), ids);
            part.ids = std::move(ids);
            part.done.store(true, std::memory_order_release);
            if (joins) join();
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (int i = 1; i < threads; ++i) helpers.emplace_back(work, false);
        work(true);
    }
    join();
    return out;
}

Tokenizer::Tokenizer(TokenizerParts parts) {
    std::string fingerprint = fingerprintOf(parts);
    m_impl = std::make_unique<Impl>(std::move(parts));
    m_impl->fingerprint = std::move(fingerprint);
}
Tokenizer::~Tokenizer() = default;

std::vector<TokenId> Tokenizer::encode(std::string_view text, AddedTokens added, int threads) const {
    if (threads > 1 && text.size() > 4 * partBytes) return m_impl->encodeThreaded(text, added, threads);
    std::vector<TokenId> out;
    out.reserve(mostTokens(text.size()));
    Impl::Lease lease(*m_impl);
    m_impl->parts(text, added, [&](std::string_view part, TokenId id) {
        if (id >= 0) out.push_back(id);
        else m_impl->encodePlain(part, lease.cache(), out);
    });
    return out;
}

std::int64_t Tokenizer::count(std::string_view text, AddedTokens added, int threads) const {
    return static_cast<std::int64_t>(encode(text, added, threads).size());
}

std::vector<TokenId> Tokenizer::encodeWithOffsets(std::string_view text, AddedTokens added,
                                                  std::vector<std::size_t>& begins) const {
    std::vector<TokenId> out;
    begins.clear();
    Impl::Lease lease(*m_impl);
    m_impl->parts(text, added, [&](std::string_view part, TokenId id) {
        auto at = static_cast<std::size_t>(part.data() - text.data());
        if (id >= 0) {
            out.push_back(id);
            begins.push_back(at);
            return;
        }
        const std::size_t first = out.size();
        m_impl->encodePlain(part, lease.cache(), out);
        for (std::size_t i = first; i < out.size(); ++i) {
            begins.push_back(at);
            at += bytes(out[i]).size();
        }
    });
    return out;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, SpecialTokens special) const {
    std::string out;
    for (const TokenId id : ids) {
        if (id < 0 || id >= size()) continue;
        if (special == SpecialTokens::Skip && m_impl->control[static_cast<std::size_t>(id)] == Impl::Control::Special)
            continue;
        out += bytes(id);
    }
    return out;
}

std::string_view Tokenizer::bytes(TokenId id) const {
    if (id < 0 || id >= size()) return {};
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(m_impl->blob).substr(m_impl->begins[at], m_impl->begins[at + 1] - m_impl->begins[at]);
}

std::optional<TokenId> Tokenizer::added(std::string_view text) const { return m_impl->set.find(text); }

bool Tokenizer::isAdded(TokenId id) const {
    return id >= 0 && id < size() && m_impl->control[static_cast<std::size_t>(id)] != Impl::Control::Text;
}

const std::vector<AddedToken>& Tokenizer::addedTokens() const { return m_impl->added; }
TokenId Tokenizer::size() const { return static_cast<TokenId>(m_impl->begins.size()) - 1; }
const std::string& Tokenizer::name() const { return m_impl->name; }
const std::string& Tokenizer::fingerprint() const { return m_impl->fingerprint; }

} // namespace engine
