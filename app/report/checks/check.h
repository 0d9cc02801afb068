// Inside of the checks: what a check sees of a file or of the whole corpus, and how it reports. A check is
// data (its CheckInfo) and one or two functions; adding one is a row in a family's table. Not for use outside
// this folder.
#pragma once

#include "app/report/checks.h"
#include "app/report/pattern.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace app::checks {

// One text file or document with what several checks need of it.
struct FileView {
    const ingest::Corpus& corpus;
    std::uint32_t index;
    const ingest::Document& document;
    const std::string& text;
    std::string_view language; // as ingest::languageOf; empty for prose and unknown
    const std::string&
        code; // same length: comments and the inside of strings blanked; the text itself for prose
    const std::string& uncommented; // same length: comments blanked
    bool test = false;              // lies under tests or is named like one
    bool isCode() const { return document.kind() == ingest::Kind::Code && !language.empty(); }
    bool isProse() const { return document.kind() != ingest::Kind::Code; }
    bool isCFamily() const { return language == "c"; }
};

struct Place {
    std::uint32_t document = 0;
    std::size_t begin = 0, end = 0;
};

struct Hit {
    Place site;
    std::string title, claim, consequence;
    std::vector<std::pair<Place, EvidenceRole>> more = {};
    int severity = -1; // a Severity where it differs from the check's
    int contextLines = 2;
};

class Sink {
public:
    virtual ~Sink() = default;
    virtual void hit(Hit hit) = 0;
};

// Paths of everything that was listed, read or not.
struct CorpusView {
    const ingest::Corpus& corpus;
    std::set<std::string> paths, folders;
    std::vector<std::uint32_t> documents; // in scope
    std::stop_token stop;
    bool has(const std::string& path) const { return paths.contains(path) || folders.contains(path); }
    // A listed path that ends in "/" + tail, or is it.
    bool hasTail(std::string_view tail) const;
    std::multimap<std::string, std::string> byName; // file name -> path
};

struct Check {
    CheckInfo info;
    void (*file)(const FileView&, Sink&) = nullptr;
    void (*corpus)(const CorpusView&, Sink&) = nullptr;
};

using Family = std::vector<Check>;
Family characterChecks();   // C01 C02
Family markChecks();        // C03 C17 C20 D07 D13
Family referenceChecks();   // C04 C05 C18 C21
Family versionChecks();     // C06 C19
Family secretChecks();      // C07
Family instructionChecks(); // C08
Family callChecks();        // C09 C10
Family conditionChecks();   // C11 C12
Family flowChecks();        // C13 C14
Family copyChecks();        // C15
Family docCommentChecks();  // C16
Family termChecks();        // D01 D02 D10
Family sectionChecks();     // D03 D04 D09
Family amountChecks();      // D05 D06 D08 D11
Family clauseChecks();      // D12

// Comments and strings of a source text blanked out, byte for byte.
struct Masked {
    std::string code, uncommented;
};
Masked maskCode(std::string_view text, std::string_view language);

// "src/x/../y.h" -> "src/y.h"; empty when it leaves the root.
std::string cleanPath(const std::string& folder, std::string_view relative);
std::string folderOf(const std::string& path);
bool isTestPath(std::string_view path);
// The line without its newline, as a place; leading and trailing white space left out.
Place lineOf(const FileView& file, std::size_t byte);
Place lineOf(const ingest::Corpus& corpus, std::uint32_t document, std::size_t byte);
// Matching ')' of the '(' at `open` in masked code; npos when there is none within 4,000 bytes.
std::size_t closing(const std::string& code, std::size_t open, char opening = '(', char closer = ')');
std::string_view trim(std::string_view text);
std::string quoted(std::string_view text, std::size_t limit = 60); // “text” on one line, visible, cut

} // namespace app::checks
