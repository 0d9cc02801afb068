// How fast ingest reads, beside the tools everybody has, in one run on one machine, as CSV rows.
//   bench_ingest PATH... [--runs N]
// A repository is read as its HEAD and as its working tree, and compared with `git archive HEAD | wc -c`; a PDF with
// pdftotext. The programs run in PATH, so give only repositories of your own.
#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/git_history.h"
#include "ingest/search.h"
#include "ingest/sha256.h"
#include "ingest/source.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

struct Row {
    double seconds = 1e9;
    std::uint64_t files = 0, bytes = 0, pages = 0;
    std::string note;
};

void print(const std::string& what, const std::string& subject, const Row& row) {
    std::printf("%s,%s,%llu,%llu,%llu,%.4f,%.1f,%.1f,%.1f,%s\n", what.c_str(), subject.c_str(), static_cast<unsigned long long>(row.files),
                static_cast<unsigned long long>(row.bytes), static_cast<unsigned long long>(row.pages), row.seconds,
                static_cast<double>(row.files) / row.seconds, static_cast<double>(row.bytes) / row.seconds / 1e6,
                static_cast<double>(row.pages) / row.seconds, row.note.c_str());
    std::fflush(stdout);
}

template <typename Work>
void best(Row& row, int runs, const Work& work) {
    for (int i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        row.seconds = std::min(row.seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
}

std::shared_ptr<const ingest::Corpus> read(const std::string& path, const ingest::FilterOptions& filter = {}) {
    std::vector<std::unique_ptr<ingest::Source>> sources;
    sources.push_back(ingest::openSource(path, {}));
    return ingest::readCorpus(sources, filter, {}, {});
}

std::shared_ptr<const ingest::Corpus> readRow(const std::string& what, const std::string& path, int runs) {
    Row row;
    std::shared_ptr<const ingest::Corpus> corpus;
    best(row, runs, [&] { corpus = read(path); });
    row.files = corpus->stats().files;
    row.bytes = corpus->stats().bytes;
    row.pages = corpus->stats().pages;
    row.note = "peak memory " + std::to_string(corpus->stats().peakMemory >> 20) + " MB; " + std::to_string(corpus->documents().size()) + " documents";
    print(what, path, row);
    return corpus;
}

// What a shell command writes, in bytes.
std::uint64_t outputBytes(const std::string& command) {
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    std::uint64_t bytes = 0;
    static char buffer[1 << 16];
    for (std::size_t got = 0; pipe && (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        bytes += got;
    return pipe && ::pclose(pipe) == 0 ? bytes : 0;
}

std::string quoted(const std::string& path) {
    std::string text = "'";
    for (const char c : path)
        text += c == '\'' ? "'\\''" : std::string(1, c);
    return text + "'";
}

void searches(const ingest::Corpus& corpus, const std::string& path, int runs) {
    using ingest::SearchMode;
    for (const auto& [what, text, mode] : {std::tuple("search literal", "the ", SearchMode::Literal), std::tuple("search pattern", "\\bint\\s+\\w+\\(", SearchMode::Pattern),
                                           std::tuple("search name", "main", SearchMode::Name)}) {
        Row row;
        for (const auto& document : corpus.documents())
            row.bytes += document->text().size();
        row.files = corpus.documents().size();
        ingest::SearchResult result;
        best(row, runs, [&] { result = ingest::search(corpus, {text, mode}); });
        row.note = std::to_string(result.total) + " hits";
        print(what, path, row);
    }
}

} // namespace

int main(int argc, char** argv) {
    int runs = 3;
    std::vector<std::string> paths;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--runs" && i + 1 < argc)
            runs = std::atoi(argv[++i]);
        else
            paths.push_back(argv[i]);
    }
    std::puts("what,subject,files,bytes,pages,seconds,files/s,MB/s,pages/s,note");
    const std::string noise(64 << 20, 'x');
    Row hash;
    hash.bytes = noise.size();
    best(hash, runs, [&] { hash.note = ingest::sha256(noise).substr(0, 8); });
    print("sha256", "memory", hash);
    try {
        for (const std::string& path : paths) {
            const bool repository = std::filesystem::exists(path + "/HEAD") || std::filesystem::exists(path + "/.git");
            const bool bare = repository && !std::filesystem::exists(path + "/.git");
            std::shared_ptr<const ingest::Corpus> corpus;
            if (!bare)
                corpus = readRow("ingest", path, runs);
            if (repository) {
                corpus = readRow("ingest HEAD", path + "@HEAD", runs);
                Row archive;
                best(archive, runs, [&] { archive.bytes = outputBytes("git -C " + quoted(path) + " -c safe.directory='*' archive HEAD | cat"); });
                print("git archive", path, archive);
                Row volatility, log;
                const auto history = ingest::History::open(path);
                best(volatility, runs, [&] { volatility.files = history->volatility("HEAD").size(); });
                print("volatility", path, volatility);
                best(log, 1, [&] { log.files = history->log("HEAD", "", 1000000).size(); });
                log.note = "commits";
                print("log", path, log);
            }
            if (path.ends_with(".pdf")) {
                Row text;
                text.pages = corpus->stats().pages;
                best(text, runs, [&] { text.bytes = outputBytes("pdftotext " + quoted(path) + " -"); });
                print("pdftotext", path, text);
            }
            if (corpus)
                searches(*corpus, path, runs);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
