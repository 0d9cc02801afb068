// ToolBox: what a model may do during one branch: look, and hand in. Tools read the Corpus and its history, never a
// path on disk: arguments are ids or paths looked up in the corpus index. note_* and verdict write to the records held
// here and nowhere else. Each call ends within two seconds and gives at most 3,000 tokens with a handle for the rest.
// One branch, one thread. Source: agent.md 5, reliability.md P15, R21, R22.
#pragma once

#include "app/agent/model_run.h"
#include "app/agent/prompts.h"
#include "app/agent/tool_arguments.h"
#include "app/report/citation.h"

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace app {

// Which tools that hand in are heard.
enum class BranchKind : std::uint8_t { Scan, Answer, Table, Verify };

struct ToolResult {
    std::string text;      // what the model reads
    std::string summary;   // one line for the events
    enum class Kind : std::uint8_t { Done, BadArguments, Failed, Repeated, RepeatedTooOften } kind = Kind::Done;
};

struct NotedAnswer {
    Sentence sentence;     // generated, with evidence in whatever state it resolved to
    bool notInText = false;
    bool exhaustive = false;
};
struct NotedVerdict {
    std::string candidate;
    Verdict verdict;       // outcome as counted: a refutation without a located quote is "uncertain"
};
struct NotedCell {
    std::string column, document, value, state;
    std::vector<Evidence> evidence;
};

struct Notes {
    std::vector<Finding> findings;
    std::vector<NotedAnswer> answers;
    std::vector<NotedVerdict> verdicts;
    std::vector<NotedCell> cells;
    std::vector<SearchMade> searches;
    bool any() const { return !findings.empty() || !answers.empty() || !verdicts.empty() || !cells.empty(); }
};

class ToolBox {
public:
    ToolBox(const ModelRun& run, const Prompts& prompts, std::shared_ptr<const Resolver> resolver, BranchKind kind,
            std::string branch);
    ~ToolBox();

    // Never throws for anything a model wrote.
    ToolResult call(const std::string& name, const std::string& arguments, std::stop_token stop);
    const Notes& notes() const { return m_notes; }

    // "f017", "src/a.c" to a document of the corpus.
    std::optional<std::uint32_t> documentOf(std::string_view file) const;
    std::string nameOf(std::uint32_t document) const; // "f017 src/a.c"

private:
    friend struct ReadingTools;
    friend struct HistoryTools;
    friend struct NoteTools;
    ToolResult dispatch(const std::string& name, const ToolArguments& arguments, std::stop_token stop);
    std::string capped(std::string text);

    const ModelRun& m_run;
    const Prompts& m_prompts;
    std::shared_ptr<const Resolver> m_resolver;
    BranchKind m_kind;
    std::string m_branch;
    Notes m_notes;
    std::map<std::string, std::pair<int, std::string>> m_made; // call to times made and its result
    std::map<std::string, std::string> m_rest;                 // handle to what did not fit
    int m_handles = 0;
};

// "role file:line "quote"" lines, and the same without a role. Lines that are none are returned in `bad`.
struct QuoteLine {
    EvidenceRole role = EvidenceRole::Support;
    Quote quote;
};
std::vector<QuoteLine> parseQuoteLines(const std::string& text, bool withRole, std::vector<std::string>& bad);

} // namespace app
