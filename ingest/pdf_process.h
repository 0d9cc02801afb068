// Runs lectern-pdf on one file, as one or several processes that each read a part of the pages, and gathers the
// checked replies. The file goes in as a sealed memory descriptor: what was hashed is what is read, and no path is
// needed. Owned by pdf_source; blocks its caller, safe from several threads. Source: reliability.md R1, R3, R4.
#pragma once

#include "ingest/pdf_reply.h"
#include "ingest/pdf_source.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

struct PdfPart {
    PdfReplyParser reply{0};
    std::string ending; // how the process ended, in words; empty = it said all it had to say
};

struct PdfOutcome {
    std::vector<std::unique_ptr<PdfPart>> parts; // in page order
    bool stopped = false;
};

// `command` is "text" or "page"; `arguments` are key=value. Throws std::runtime_error where no process can be started.
PdfOutcome runPdfProcesses(std::string_view bytes, const std::string& command, std::vector<std::string> arguments,
                           unsigned parts, std::uint64_t replyLimit, const PdfOptions& options, std::stop_token stop);

} // namespace ingest
