#include "ingest/corpus.h"

#include "ingest/sha256.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace ingest {

// Documents with their volatility while they are unsorted, and who was first with a content.
struct CorpusBuilder::Added {
    struct Item {
        std::shared_ptr<const Document> document;
        double volatility = 0;
    };
    std::vector<Item> items;
    std::unordered_map<std::string, std::size_t> byContent, byPath;
};

std::optional<std::uint32_t> Corpus::find(std::string_view path) const {
    const auto at = std::lower_bound(m_byPath.begin(), m_byPath.end(), path,
                                     [this](std::uint32_t index, std::string_view wanted) {
                                         return m_documents[index]->path() < wanted;
                                     });
    if (at == m_byPath.end() || m_documents[*at]->path() != path)
        return std::nullopt;
    return *at;
}

const Skipped* Corpus::whySkipped(std::string_view path) const {
    const auto row = [this](std::string_view wanted) -> const Skipped* {
        const auto at = std::lower_bound(m_skipped.begin(), m_skipped.end(), wanted,
                                         [](const Skipped& one, std::string_view value) { return one.path < value; });
        return at != m_skipped.end() && at->path == wanted ? &*at : nullptr;
    };
    if (find(path))
        return nullptr;
    if (const Skipped* exact = row(path))
        return exact;
    for (auto slash = path.rfind('/'); slash != std::string_view::npos; slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1))
        if (const Skipped* folder = row(path.substr(0, slash + 1)))
            return folder;
    return row(std::string(path) + "/");
}

double Corpus::volatility(std::uint32_t document) const {
    return document < m_volatility.size() ? m_volatility[document] : 0;
}

CorpusBuilder::CorpusBuilder() : m_corpus(std::make_unique<Corpus>()), m_added(std::make_unique<Added>()) {}
CorpusBuilder::~CorpusBuilder() = default;

void CorpusBuilder::add(std::shared_ptr<const Document> document, double volatility) {
    const auto duplicate = [](const Document& extra, const std::string& of) {
        return Skipped{extra.path(), extra.fileBytes(), SkipState::Excluded, "duplicate of " + of,
                       "same content, SHA-256 " + extra.sha256().substr(0, 12)};
    };
    if (const auto same = m_added->byPath.find(document->path()); same != m_added->byPath.end()) {
        skip({document->path(), document->fileBytes(), SkipState::Unreadable, "second entry of that path",
              "a folder holds every name once; the first one was read"});
        return;
    }
    if (!document->text().empty() && !document->sha256().empty()) {
        const auto [same, isNew] = m_added->byContent.try_emplace(document->sha256(), m_added->items.size());
        if (!isNew) {
            Added::Item& kept = m_added->items[same->second];
            if (kept.document->path() < document->path()) {
                skip(duplicate(*document, kept.document->path()));
                return;
            }
            skip(duplicate(*kept.document, document->path()));
            m_added->byPath.erase(kept.document->path());
            m_added->byPath.emplace(document->path(), same->second);
            kept = {std::move(document), volatility};
            return;
        }
    }
    m_added->byPath.emplace(document->path(), m_added->items.size());
    m_added->items.push_back({std::move(document), volatility});
}

void CorpusBuilder::skip(Skipped skipped) {
    m_corpus->m_skipped.push_back(std::move(skipped));
}

void CorpusBuilder::subject(Subject subject) {
    m_corpus->m_subjects.push_back(std::move(subject));
}

void CorpusBuilder::warn(Warning warning) {
    m_corpus->m_warnings.push_back(std::move(warning));
}

void CorpusBuilder::stats(const ReadStats& stats) {
    m_corpus->m_stats = stats;
}

std::shared_ptr<const Corpus> CorpusBuilder::build() {
    auto& items = m_added->items;
    std::sort(items.begin(), items.end(),
              [](const Added::Item& a, const Added::Item& b) { return a.document->path() < b.document->path(); });
    // A duplicate may have been measured against a file that a later one replaced.
    std::unordered_map<std::string_view, const std::string*> firstPath;
    for (const Added::Item& item : items)
        firstPath.emplace(std::string_view(item.document->sha256()).substr(0, 12), &item.document->path());
    for (Skipped& skipped : m_corpus->m_skipped)
        if (skipped.reason.starts_with("duplicate of ") && skipped.rule.starts_with("same content, SHA-256 "))
            if (const auto first = firstPath.find(std::string_view(skipped.rule).substr(22)); first != firstPath.end())
                skipped.reason = "duplicate of " + *first->second;
    Sha256 hash;
    for (Added::Item& item : items) {
        hash.update(item.document->path());
        hash.update(std::string_view("\0", 1));
        hash.update(item.document->sha256());
        hash.update("\n");
        m_corpus->m_volatility.push_back(item.volatility);
        m_corpus->m_documents.push_back(std::move(item.document));
    }
    m_corpus->m_sha256 = hash.finish();
    m_corpus->m_byPath.resize(m_corpus->m_documents.size());
    std::iota(m_corpus->m_byPath.begin(), m_corpus->m_byPath.end(), 0u);
    std::stable_sort(m_corpus->m_skipped.begin(), m_corpus->m_skipped.end(),
                     [](const Skipped& a, const Skipped& b) { return a.path < b.path; });
    std::stable_sort(m_corpus->m_warnings.begin(), m_corpus->m_warnings.end(),
                     [](const Warning& a, const Warning& b) { return a.about < b.about; });
    m_added = std::make_unique<Added>();
    return std::shared_ptr<const Corpus>(std::exchange(m_corpus, std::make_unique<Corpus>()).release());
}

} // namespace ingest
