// A PDF becomes a Document: the program lectern-pdf opens it in a process of its own under limits, and its reply is
// checked here like any foreign input. One process per call; safe from several threads at once, blocks its caller,
// and returns within two seconds of a stop request. Owned by ingest (issue 2; agent.md 7 "Page text").
// A file that cannot be read is an ordinary result with a sentence, never an exception and never the end of a run.
#pragma once

#include "ingest/document.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace ingest {

struct PdfOptions {
    std::string helper;                              // path of lectern-pdf; empty = beside the running program
    int maxPages = 10000;                            // FilterOptions::maxPdfPages
    bool findHidden = true;                          // draw every page small and mark the words that leave no ink
    std::uint64_t memoryBytes = 512ull << 20;        // address space of the process, beside the mapped file
    std::uint64_t replyBytes = 64ull << 20;          // of text and boxes; raised with the size of the file
    int cpuSeconds = 20;                             // base; every page adds a little, so that long books finish
    std::chrono::seconds wallTime{0};                // 0 = twice the CPU seconds granted
};

struct PdfResult {
    std::shared_ptr<const Document> document; // null: nothing could be read, `problem` says why
    std::string problem;   // with a document: what is missing from it ("pages 41 to 2415 were not read: ..."); may be empty
    int pagesInFile = 0;   // as the file says; 0 = unknown
    int pagesRead = 0;     // pages of the document
    int pagesChecked = 0;  // pages on which hidden text was looked for
    int hiddenWords = 0;   // words a person would not see
    bool partial() const { return document && pagesRead < pagesInFile; }
    bool stopped = false;  // by the stop token
};

// `path` and `sha256` are stored in the Document; `bytes` is the whole file.
PdfResult readPdf(const std::string& path, std::string_view bytes, const std::string& sha256,
                  const PdfOptions& options, std::stop_token stop);

// A page as a picture, rows of RGB without padding.
struct PageImage {
    int width = 0, height = 0;
    std::string rgb;     // width * height * 3 bytes; empty: `problem` says why
    std::string problem;
};
PageImage renderPdfPage(std::string_view bytes, int page /* 1-based */, double dpi, const PdfOptions& options,
                        std::stop_token stop);
std::string toPng(const PageImage& image);

// Where lectern-pdf is: `configured`, or beside the running program, or in ../bin, else a std::runtime_error that says
// where it was looked for.
std::string findPdfHelper(const std::string& configured);

} // namespace ingest
