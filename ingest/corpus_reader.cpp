#include "ingest/corpus_reader.h"

#include "ingest/charset.h"
#include "ingest/hidden_characters.h"
#include "ingest/kind.h"
#include "ingest/pdf_source.h"
#include "ingest/sha256.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unordered_set>

#include <sys/resource.h>

namespace ingest {

namespace {

constexpr std::uint64_t queueBytes = 64 << 20;
constexpr std::size_t queueFiles = 4096;
constexpr auto betweenReports = std::chrono::milliseconds(40);

std::uint64_t peakMemory() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string placeName(char32_t character) {
    char name[16];
    std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(character));
    return name;
}

} // namespace

std::string displayPath(std::string_view path) {
    std::string shown;
    while (const auto bad = firstInvalidUtf8(path)) {
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\x%02X", static_cast<unsigned char>(path[*bad]));
        shown.append(path.substr(0, *bad)).append(escaped);
        path.remove_prefix(*bad + 1);
    }
    return shown.append(path);
}

CorpusReader::CorpusReader(const FilterOptions& filter, const std::function<void(const ReadProgress&)>& onProgress,
                           std::stop_token stop)
    : m_filter(filter), m_onProgress(onProgress), m_stop(std::move(stop)), m_started(std::chrono::steady_clock::now()) {
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 2u, 8u);
    for (unsigned i = 0; i < threads; ++i)
        m_workers.emplace_back([this] { work(); });
}

CorpusReader::~CorpusReader() {
    {
        const std::lock_guard lock(m_mutex);
        m_queue.clear();
        m_closed = true;
    }
    m_changed.notify_all();
}

void CorpusReader::read(Source& source, const std::string& prefix) {
    Volatility volatility;
    for (auto& [path, value] : source.volatility(m_stop))
        volatility.emplace(std::move(path), value);
    const std::string name = source.subject().name;
    source.list([&](const Entry& entry) { return onEntry(source, prefix, entry, volatility); }, m_stop);
    const std::lock_guard lock(m_mutex);
    if (m_stop.stop_requested())
        m_builder.skip({prefix.empty() ? name + "/" : prefix, 0, SkipState::Unreadable, "not read",
                        "stopped before all files were listed"});
    m_builder.subject(source.subject());
    for (Warning& warning : source.warnings())
        m_builder.warn(std::move(warning));
}

bool CorpusReader::onEntry(Source& source, const std::string& prefix, const Entry& entry, const Volatility& volatility) {
    const std::string path = displayPath(prefix + entry.path);
    if (m_listed >= m_filter.maxEntries) {
        skip({path, entry.bytes, SkipState::Unreadable, "entry limit",
              "the limit of " + std::to_string(m_filter.maxEntries) + " entries is reached: this one and all after it were not listed"},
             path);
        return false;
    }
    ++m_listed;
    if (m_stop.stop_requested())
        return false;
    if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 32 || c == 127; }))
        warn("the name holds control characters", path);
    else if (findHiddenCharacters(path).count > 0)
        warn("the name holds invisible or reordering characters", path);
    if (!admit(entry, path))
        return true;
    Task task{entry, path, {}, 0};
    if (const auto found = volatility.find(entry.path); found != volatility.end())
        task.volatility = found->second;
    try {
        // One byte over the limit, so that a file that grew since is seen to be too large.
        const bool pdf = extensionOf(entry.path) == "pdf";
        task.bytes = source.read(entry, (pdf ? m_filter.maxPdf : m_filter.maxText) + 1);
        m_admittedBytes += task.bytes.size();
        enqueue(std::move(task));
    } catch (const std::exception& error) {
        skip({path, entry.bytes, SkipState::Unreadable, "unreadable", error.what()}, path);
    }
    report(path);
    return true;
}

bool CorpusReader::admit(const Entry& entry, const std::string& path) {
    if (auto row = filterEntry(entry, m_filter)) {
        skip(std::move(*row), path);
        return false;
    }
    if (!entry.oid.empty() && entry.bytes > 0) {
        const auto [first, isNew] = m_firstOfBlob.try_emplace(entry.oid, path);
        if (!isNew) {
            skip({path, entry.bytes, SkipState::Excluded, "duplicate of " + first->second, "same git blob " + entry.oid.substr(0, 12)},
                 path);
            return false;
        }
    }
    if (extensionOf(entry.path) != "pdf" && m_admittedBytes + entry.bytes > m_filter.maxTotal) {
        skip({path, entry.bytes, SkipState::Unreadable, "total limit",
              "the texts read so far have " + std::to_string(m_admittedBytes) + " bytes, limit " + std::to_string(m_filter.maxTotal)},
             path);
        return false;
    }
    return true;
}

void CorpusReader::enqueue(Task task) {
    const std::uint64_t size = task.bytes.size();
    std::unique_lock lock(m_mutex);
    while (!(m_queue.empty() || (m_queuedBytes + size <= queueBytes && m_queue.size() < queueFiles))) {
        m_changed.wait_for(lock, betweenReports);
        lock.unlock();
        report(task.path);
        lock.lock();
    }
    m_queuedBytes += size;
    m_stats.bytes += size;
    m_queue.push_back(std::move(task));
    lock.unlock();
    m_changed.notify_all();
}

void CorpusReader::work() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_closed || !m_queue.empty(); });
        if (m_queue.empty())
            return;
        Task task = std::move(m_queue.front());
        m_queue.pop_front();
        m_queuedBytes -= task.bytes.size();
        ++m_busy;
        lock.unlock();
        try {
            if (m_stop.stop_requested())
                skip({task.path, task.entry.bytes, SkipState::Unreadable, "not read", "stopped before this file was read"}, task.path);
            else
                process(task);
        } catch (const std::exception& error) {
            skip({task.path, task.entry.bytes, SkipState::Unreadable, "unreadable", error.what()}, task.path);
        }
        lock.lock();
        --m_busy;
        m_changed.notify_all();
    }
}

void CorpusReader::process(Task& task) {
    if (auto row = filterContent(task.entry, task.bytes, m_filter))
        return skip(std::move(*row), task.path);
    std::string hash = sha256(task.bytes);
    const Kind kind = kindOf(task.entry.path, std::string_view(task.bytes).substr(0, 64));
    if (kind == Kind::Pdf)
        return processPdf(task, hash);
    const std::uint64_t fileBytes = task.bytes.size();
    DecodedText decoded = decodeText(task.bytes);
    if (!decoded.ok())
        return skip({task.path, fileBytes, SkipState::Unreadable, "unreadable charset", decoded.problem}, task.path);
    task.bytes = {};
    decoded.text.shrink_to_fit();
    const auto document = std::make_shared<Document>(task.path, kind, std::move(decoded.text), std::move(hash), fileBytes);
    document->setCharset(decoded.charset);
    if (const HiddenCharacters hidden = findHiddenCharacters(document->text()); hidden.count > 0)
        warn(std::to_string(hidden.count) + " invisible or reordering character" + (hidden.count == 1 ? "" : "s") + ", the first "
                 + placeName(hidden.firstCharacter) + " in line " + std::to_string(document->lineAt(hidden.first)),
             task.path);
    keep(document, task.volatility);
}

void CorpusReader::processPdf(Task& task, const std::string& hash) {
    PdfOptions options;
    options.helper = m_filter.pdfHelper;
    options.maxPages = m_filter.maxPdfPages;
    PdfResult result = readPdf(task.path, task.bytes, hash, options, m_stop);
    if (!result.document)
        return skip({task.path, task.bytes.size(), SkipState::Unreadable, result.stopped ? "not read" : "unreadable PDF",
                     result.problem.empty() ? "stopped before this file was read" : result.problem},
                    task.path);
    if (!result.problem.empty())
        warn(result.problem, task.path);
    if (result.hiddenWords > 0)
        warn(std::to_string(result.hiddenWords) + " words that a person would not see", task.path);
    {
        const std::lock_guard lock(m_mutex);
        m_stats.pages += static_cast<std::uint64_t>(std::max(result.pagesRead, 0));
    }
    keep(std::move(result.document), task.volatility);
}

void CorpusReader::keep(std::shared_ptr<const Document> document, double volatility) {
    const std::lock_guard lock(m_mutex);
    ++m_done;
    m_builder.add(std::move(document), volatility);
}

void CorpusReader::skip(Skipped row, const std::string& path) {
    row.path = path;
    const std::lock_guard lock(m_mutex);
    ++m_done;
    m_builder.skip(std::move(row));
}

void CorpusReader::warn(std::string what, const std::string& about) {
    const std::lock_guard lock(m_mutex);
    m_builder.warn({std::move(what), about});
}

void CorpusReader::report(const std::string& current, bool always) {
    const auto now = std::chrono::steady_clock::now();
    if (!m_onProgress || (!always && now - m_reported < betweenReports))
        return;
    m_reported = now;
    ReadProgress progress;
    {
        const std::lock_guard lock(m_mutex);
        progress = {m_done, m_listingDone ? m_listed : 0, m_stats.bytes, m_stats.pages, current};
    }
    m_onProgress(progress);
}

std::shared_ptr<const Corpus> CorpusReader::finish() {
    m_listingDone = true;
    m_firstOfBlob = {};
    std::unique_lock lock(m_mutex);
    m_closed = true;
    m_changed.notify_all();
    while (!m_queue.empty() || m_busy > 0) {
        m_changed.wait_for(lock, betweenReports);
        lock.unlock();
        report("");
        lock.lock();
    }
    m_stats.files = m_listed;
    m_stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
    m_stats.peakMemory = peakMemory();
    m_builder.stats(m_stats);
    auto corpus = m_builder.build();
    lock.unlock();
    report("", true);
    return corpus;
}

std::shared_ptr<const Corpus> readCorpus(const std::vector<std::unique_ptr<Source>>& sources, const FilterOptions& filter,
                                         const std::function<void(const ReadProgress&)>& onProgress, std::stop_token stop) {
    CorpusReader reader(filter, onProgress, std::move(stop));
    // Several folders are told apart by their names; single files only where two have the same name.
    std::unordered_set<std::string> taken;
    for (const auto& source : sources) {
        const Subject subject = source->subject();
        std::string prefix;
        if (sources.size() > 1) {
            std::string name = subject.name;
            for (int number = 2; !taken.insert(name).second; ++number)
                name = subject.name + "-" + std::to_string(number);
            if (subject.kind != "file" || name != subject.name)
                prefix = name + "/";
        }
        reader.read(*source, prefix);
    }
    return reader.finish();
}

} // namespace ingest
