// Source: something readable, as a list of entries whose bytes can be asked for. A git revision, a working tree, a
// folder, a single file. Nothing of the subject is ever executed, nothing outside its root is opened (P10). One
// thread at a time per Source.
#pragma once

#include "ingest/corpus.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace ingest {

struct Entry {
    std::string path; // relative, '/' separated, the bytes the file system or the tree has
    std::uint64_t bytes = 0;
    enum class Kind : std::uint8_t { File, Symlink, Submodule, Special } kind = Kind::File;
    std::string ignoredBy; // "" or ".gitignore:3: *.o": listed so that the ledger can name it
    std::string oid;       // git blob id, else empty
    std::string target;    // what a symlink or submodule points to
    std::string problem;   // listed but known to be unreadable, and why: a folder that cannot be listed, an unsafe name
};

struct SourceOptions {
    std::string revision;          // empty: the working tree (or what "@REV" in the path says)
    bool useIgnoreRules = true;    // .gitignore, .lecternignore
    bool enterSubmodules = false;
};

class Source {
public:
    virtual ~Source() = default;
    virtual Subject subject() const = 0;
    // Calls back once per entry in path order without holding them all; stops when the callback returns false.
    virtual void list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) = 0;
    // The entry's bytes, at most `limit`; throws std::runtime_error with a sentence when it cannot be read.
    virtual std::string read(const Entry& entry, std::uint64_t limit) = 0;
    // Volatility per path (corpus.h); empty without history.
    virtual std::vector<std::pair<std::string, double>> volatility(std::stop_token) { return {}; }
    // Absolute path of the entry where it is an ordinary file on disk, else empty (PDFs then go through a temp file).
    virtual std::string filePath(const Entry&) const { return {}; }
    // Facts worth a warning, met while opening and listing.
    virtual std::vector<Warning> warnings() const { return {}; }
};

// "~/src/thing", "repo@v1.2", "paper.pdf". Throws with what, where and what to do: missing path, unknown revision,
// an archive ("unpack it first"), a repository that points outside itself.
std::unique_ptr<Source> openSource(std::string_view path, const SourceOptions& options);

} // namespace ingest
