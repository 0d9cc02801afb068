// CorpusReader: the pipeline behind readCorpus. The calling thread lists and reads (a Source belongs to one thread);
// workers hash, decode, filter and index, each PDF in a process of its own. The queue between them holds a bounded
// number of bytes, so that memory is that of the texts kept and little more.
#pragma once

#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/source.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace ingest {

class CorpusReader {
public:
    CorpusReader(const FilterOptions& filter, const std::function<void(const ReadProgress&)>& onProgress, std::stop_token stop);
    ~CorpusReader();

    // `prefix` tells several sources apart: "name/" or empty.
    void read(Source& source, const std::string& prefix);
    std::shared_ptr<const Corpus> finish();

private:
    struct Task {
        Entry entry;
        std::string path, bytes;
        double volatility = 0;
    };
    using Volatility = std::unordered_map<std::string, double>;

    bool onEntry(Source& source, const std::string& prefix, const Entry& entry, const Volatility& volatility);
    // False: a row says why the entry is not read.
    bool admit(const Entry& entry, const std::string& path);
    void enqueue(Task task);
    void work();
    void process(Task& task);
    void processPdf(Task& task, const std::string& hash);
    void keep(std::shared_ptr<const Document> document, double volatility);
    void skip(Skipped row, const std::string& path);
    void warn(std::string what, const std::string& about);
    void report(const std::string& current, bool always = false);

    const FilterOptions& m_filter;
    const std::function<void(const ReadProgress&)>& m_onProgress;
    std::stop_token m_stop;
    std::chrono::steady_clock::time_point m_started, m_reported;

    std::unordered_map<std::string, std::string> m_firstOfBlob; // git blob id to the first path read
    std::uint64_t m_listed = 0;
    std::uint64_t m_admittedBytes = 0;
    bool m_listingDone = false; // of all sources

    std::mutex m_mutex; // everything below
    std::condition_variable m_changed;
    std::deque<Task> m_queue;
    std::uint64_t m_queuedBytes = 0;
    std::size_t m_busy = 0;
    bool m_closed = false;
    CorpusBuilder m_builder;
    ReadStats m_stats;
    std::uint64_t m_done = 0;

    std::vector<std::jthread> m_workers; // last: they end before what they use
};

// UTF-8 as it is; other bytes of a name become \xHH.
std::string displayPath(std::string_view path);

} // namespace ingest
