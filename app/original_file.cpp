#include "app/original_file.h"

#include "app/report/finding.h"

#include <stdexcept>

namespace app {

namespace {

// Paths of several subjects carry a prefix; the hash decides, so an ending is enough to ask.
bool mayBe(const std::string& entry, const std::string& path) {
    return path == entry || (path.size() > entry.size() && path.ends_with(entry) && path[path.size() - entry.size() - 1] == '/');
}

} // namespace

std::string readOriginal(const ReadRequest& request, const ingest::Document& document, std::stop_token stop) {
    bool seen = false;
    for (const std::string& path : request.paths) {
        const auto source = ingest::openSource(path, request.source);
        std::string bytes;
        bool found = false;
        source->list(
            [&](const ingest::Entry& entry) {
                if (entry.kind != ingest::Entry::Kind::File || !mayBe(entry.path, document.path()) || entry.bytes != document.fileBytes())
                    return !stop.stop_requested();
                seen = true;
                bytes = source->read(entry, document.fileBytes());
                found = sha256Hex(bytes) == document.sha256();
                return !found;
            },
            stop);
        if (found)
            return bytes;
        if (stop.stop_requested())
            break;
    }
    throw std::runtime_error(document.path() + (seen ? " is no longer the file that was read: read it again to see its pages."
                                                     : " cannot be opened again: its file has moved or changed since it was read."));
}

} // namespace app
