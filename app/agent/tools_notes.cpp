// resolve, note_finding, note_answer, note_cell, verdict, ask_user: checking a quote and handing in. Every quote is
// resolved here; what a model typed is an address and never becomes the text that is shown.
#include "app/agent/tool_kinds.h"

#include "app/report/checks.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace app {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// A model's own words for people: no control or invisible character, at most `most` bytes.
std::string words(const std::string& text, std::size_t most) { return visible(oneLine(trimmed(text), most)); }

bool accepted(ProofState state) { return state == ProofState::Proven || state == ProofState::Ocr; }

std::optional<EvidenceRole> roleOf(std::string_view word) {
    static const std::array<std::pair<std::string_view, EvidenceRole>, 5> roles{
        {{"site", EvidenceRole::Site}, {"cause", EvidenceRole::Cause}, {"guard", EvidenceRole::Guard},
         {"counter", EvidenceRole::Counter}, {"support", EvidenceRole::Support}}};
    for (const auto& [name, role] : roles)
        if (name == word)
            return role;
    return std::nullopt;
}

// "src/a.c:12", "f017:12-20", "paper.pdf#p3", "f017": file and hint.
void splitPlace(std::string_view place, Quote& quote) {
    const auto number = [&](std::string_view text) {
        int value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return std::max(0, value);
    };
    if (const auto page = place.rfind("#p"); page != std::string_view::npos) {
        quote.page = number(place.substr(page + 2));
        place = place.substr(0, page);
    } else if (const auto colon = place.rfind(':'); colon != std::string_view::npos &&
               place.find_first_not_of("0123456789-, ", colon + 1) == std::string_view::npos) {
        quote.line = number(place.substr(colon + 1));
        place = place.substr(0, colon);
    }
    quote.file = trimmed(place);
}

struct Resolved {
    std::vector<Evidence> evidence;
    std::vector<std::string> problems; // a line each about a quote that was not accepted
    bool hasSite = false;
};

std::string stateSentence(const Resolution& resolution) {
    switch (resolution.state) {
    case ProofState::Proven: return "proven";
    case ProofState::Ocr: return "found in recognised text";
    case ProofState::Approximate:
        return "only approximate, not accepted" + (resolution.wordDiff.empty() ? "" : ": " + oneLine(resolution.wordDiff, 300));
    case ProofState::Ambiguous:
        return "found in " + std::to_string(resolution.places) + " places: give the line, or quote more";
    case ProofState::Misattributed: return "not in that file but elsewhere";
    case ProofState::NotFound: break;
    }
    return "not found: copy it exactly from the file";
}

} // namespace

std::vector<QuoteLine> parseQuoteLines(const std::string& text, bool withRole, std::vector<std::string>& bad) {
    std::vector<QuoteLine> out;
    for (std::size_t at = 0; at <= text.size() && out.size() < 32;) {
        // A quote may run over lines: it ends at the last quotation mark before the next line that begins a new one.
        const auto open = text.find('"', at);
        const std::string_view head = trimmed(std::string_view(text).substr(at, open == std::string::npos ? open : open - at));
        if (open == std::string::npos) {
            if (!head.empty())
                bad.push_back(oneLine(head, 120));
            break;
        }
        std::size_t close = std::string::npos;
        for (auto mark = text.find('"', open + 1); mark != std::string::npos; mark = text.find('"', mark + 1)) {
            const auto next = text.find_first_not_of(" \t\r,;.", mark + 1);
            if (next == std::string::npos || text[next] == '\n') {
                close = mark;
                break;
            }
        }
        if (close == std::string::npos)
            close = text.rfind('"');
        QuoteLine line;
        std::string_view place = head;
        if (withRole) {
            const auto space = place.find_first_of(" \t:");
            const auto role = roleOf(place.substr(0, space));
            if (role && space != std::string_view::npos) {
                line.role = *role;
                place = trimmed(place.substr(space + 1));
            } else {
                line.role = EvidenceRole::Site; // the least that a line can be about
            }
        }
        splitPlace(place, line.quote);
        if (close <= open + 1) {
            bad.push_back(oneLine(head, 120));
            at = open + 1;
            continue;
        }
        line.quote.text = text.substr(open + 1, close - open - 1);
        out.push_back(std::move(line));
        at = text.find('\n', close);
        at = at == std::string::npos ? text.size() + 1 : at + 1;
    }
    return out;
}

namespace {

Resolved resolveLines(const ToolBox& box, const ModelRun& run, const Resolver& resolver, const std::string& text,
                      bool withRole, std::stop_token stop) {
    Resolved out;
    std::vector<std::string> bad;
    for (QuoteLine& line : parseQuoteLines(text, withRole, bad)) {
        const std::string named = line.quote.file;
        if (const auto document = box.documentOf(named)) {
            line.quote.file = run.corpus->document(*document).path();
        } else if (!named.empty()) {
            out.problems.push_back("there is no file \"" + oneLine(named, 80) + "\"");
            continue;
        }
        const Resolution resolution = resolver.resolve(line.quote, stop);
        const auto evidence = evidenceFrom(*run.corpus, line.quote, resolution, line.role);
        if (!accepted(resolution.state)) {
            out.problems.push_back("\"" + oneLine(line.quote.text, 60) + "\" is " + stateSentence(resolution));
            continue;
        }
        out.evidence.insert(out.evidence.end(), evidence.begin(), evidence.end());
        out.hasSite = out.hasSite || line.role == EvidenceRole::Site;
    }
    for (const std::string& line : bad)
        out.problems.push_back("a line is not of the form file:line \"quote\": " + line);
    return out;
}

std::string joined(const std::vector<std::string>& problems) {
    std::string out;
    for (const std::string& problem : problems)
        out += "- " + problem + "\n";
    return out;
}

std::optional<Severity> severityOf(const std::string& word) {
    for (const Severity severity : {Severity::Note, Severity::Low, Severity::Medium, Severity::High, Severity::Critical})
        if (word == toString(severity))
            return severity;
    return std::nullopt;
}

} // namespace

ToolResult NoteTools::resolve(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    Quote quote;
    quote.text = arguments.text("quote");
    quote.line = static_cast<int>(std::clamp<std::int64_t>(arguments.number("line", 0), 0, 100'000'000));
    if (const std::string file = arguments.text("file"); !file.empty()) {
        const auto document = box.documentOf(file);
        if (!document)
            return toolFailed("there is no file \"" + oneLine(file, 100) + "\"");
        quote.file = box.m_run.corpus->document(*document).path();
    }
    const Resolution resolution = box.m_resolver->resolve(quote, stop);
    std::string text = stateSentence(resolution) + "\n";
    for (const ingest::Span& span : resolution.spans)
        text += "at " + box.nameOf(span.document) + " = " + ingest::toString(*box.m_run.corpus, span) + "\n";
    for (std::size_t i = 0; i < resolution.candidates.size() && i < 10; ++i)
        text += "perhaps " + ingest::toString(*box.m_run.corpus, resolution.candidates[i]) + "\n";
    return toolDone(text, toString(resolution.state));
}

ToolResult NoteTools::finding(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    if (box.m_kind != BranchKind::Scan)
        return toolFailed(box.m_prompts.notice("wrong_place"));
    static const std::array<std::string_view, 9> kinds{"defect", "security", "drift", "contradiction", "deviation",
                                                       "gap", "secret", "instruction", "hygiene"};
    const std::string kind = arguments.text("kind");
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        return toolFailed("kind must be defect, security, drift, contradiction, deviation, gap, secret, instruction or hygiene");
    const auto severity = severityOf(arguments.text("severity"));
    if (!severity)
        return toolFailed("severity must be note, low, medium, high or critical");
    if (box.m_notes.findings.size() >= 50)
        return toolFailed("fifty findings were handed in by this task: end it");
    Resolved resolved = resolveLines(box, box.m_run, *box.m_resolver, arguments.text("evidence"), true, stop);
    if (!resolved.hasSite)
        return toolFailed("no quote with the role site was accepted, so the finding was not kept\n" + joined(resolved.problems));
    Finding finding;
    finding.id = "N" + std::to_string(box.m_notes.findings.size() + 1);
    finding.kind = kind;
    finding.source = "model";
    finding.title = Sentence(words(arguments.text("title"), 160), Origin::Generated);
    finding.claim = Sentence(words(arguments.text("claim"), 1200), Origin::Generated);
    finding.consequence = Sentence(words(arguments.text("consequence"), 800), Origin::Generated);
    for (Sentence* sentence : {&finding.title, &finding.claim, &finding.consequence})
        sentence->supports = Supports::Unknown;
    finding.claim.evidence = resolved.evidence;
    finding.severity = *severity;
    finding.evidence = std::move(resolved.evidence);
    finding.votesFor = finding.votesOf = 1;
    box.m_notes.findings.push_back(finding);
    std::string text = "kept as " + finding.id + "\n";
    if (!resolved.problems.empty())
        text += "but without these quotes:\n" + joined(resolved.problems);
    return toolDone(text, finding.id + " " + finding.title.text);
}

ToolResult NoteTools::answer(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    if (box.m_kind != BranchKind::Answer)
        return toolFailed(box.m_prompts.notice("wrong_place"));
    if (box.m_notes.answers.size() >= 60)
        return toolFailed("sixty sentences were handed in by this task: end it");
    NotedAnswer noted{Sentence(words(arguments.text("text"), 1200), Origin::Generated)};
    noted.exhaustive = arguments.flag("exhaustive");
    std::string lower = noted.sentence.text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
    noted.notInText = lower == "not in the text" || lower == "not in the text.";
    if (noted.sentence.text.empty())
        return toolFailed("the text is empty");
    const Resolved resolved = resolveLines(box, box.m_run, *box.m_resolver, arguments.text("quotes"), false, stop);
    if (!noted.notInText && resolved.evidence.empty() && resolved.problems.empty())
        return toolFailed("a sentence needs at least one quote that carries it");
    noted.sentence.evidence = resolved.evidence;
    noted.sentence.supports = Supports::Unknown;
    if (!resolved.problems.empty() && resolved.evidence.empty()) {
        // Kept without support, replaced when it is handed in again with better quotes.
        noted.sentence.supports = Supports::No;
    }
    const auto same = std::find_if(box.m_notes.answers.begin(), box.m_notes.answers.end(), [&](const NotedAnswer& other) {
        return other.sentence.text == noted.sentence.text;
    });
    const bool unsupported = noted.sentence.supports == Supports::No;
    if (same == box.m_notes.answers.end())
        box.m_notes.answers.push_back(std::move(noted));
    else if (same->sentence.evidence.empty())
        *same = std::move(noted);
    if (unsupported)
        return toolFailed("no quote was accepted: the sentence counts as unsupported until it is handed in again with "
                          "quotes that are\n" + joined(resolved.problems));
    return toolDone("kept\n" + joined(resolved.problems), "sentence " + std::to_string(box.m_notes.answers.size()));
}

ToolResult NoteTools::cell(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    if (box.m_kind != BranchKind::Table)
        return toolFailed(box.m_prompts.notice("wrong_place"));
    const auto document = box.documentOf(arguments.text("document"));
    if (!document)
        return toolFailed("there is no document \"" + oneLine(arguments.text("document"), 100) + "\"");
    if (box.m_notes.cells.size() >= 2000)
        return toolFailed("two thousand cells were handed in by this task: end it");
    NotedCell cell{words(arguments.text("column"), 200), box.m_run.corpus->document(*document).path(),
                   words(arguments.text("value"), 1000), arguments.text("state"), {}};
    if (cell.state == "found") {
        Quote quote{arguments.text("quote"), cell.document, 0, 0};
        const Resolution resolution = box.m_resolver->resolve(quote, stop);
        if (!accepted(resolution.state))
            return toolFailed("the quote is " + stateSentence(resolution));
        cell.evidence = evidenceFrom(*box.m_run.corpus, quote, resolution, EvidenceRole::Support);
    }
    box.m_notes.cells.push_back(std::move(cell));
    return toolDone("kept\n", "cell " + std::to_string(box.m_notes.cells.size()));
}

ToolResult NoteTools::verdict(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    if (box.m_kind != BranchKind::Verify)
        return toolFailed(box.m_prompts.notice("wrong_place"));
    if (box.m_notes.verdicts.size() >= 20)
        return toolFailed("twenty verdicts were handed in by this task: end it");
    NotedVerdict noted;
    noted.candidate = words(arguments.text("candidate"), 60);
    noted.verdict.outcome = arguments.text("outcome");
    noted.verdict.reason = words(arguments.text("reason"), 800);
    noted.verdict.branch = box.m_branch;
    std::string problem;
    if (const std::string text = arguments.text("quote"); !text.empty()) {
        Quote quote;
        quote.text = text;
        quote.line = static_cast<int>(std::clamp<std::int64_t>(arguments.number("line", 0), 0, 100'000'000));
        if (const auto document = box.documentOf(arguments.text("file")))
            quote.file = box.m_run.corpus->document(*document).path();
        const Resolution resolution = box.m_resolver->resolve(quote, stop);
        if (accepted(resolution.state))
            noted.verdict.counter = evidenceFrom(*box.m_run.corpus, quote, resolution,
                                                 noted.verdict.outcome == "refuted" ? EvidenceRole::Counter
                                                                                    : EvidenceRole::Support);
        else
            problem = "the quote is " + stateSentence(resolution);
    }
    if (noted.verdict.outcome == "refuted" && noted.verdict.counter.empty()) {
        if (problem.empty())
            problem = "it has no quote";
        noted.verdict.outcome = "uncertain"; // an ungrounded doubt kills nothing
    }
    // Handed in again: the later one counts.
    std::erase_if(box.m_notes.verdicts, [&](const NotedVerdict& other) { return other.candidate == noted.candidate; });
    const std::string outcome = noted.verdict.outcome;
    box.m_notes.verdicts.push_back(std::move(noted));
    return toolDone("kept as " + outcome + (problem.empty() ? "\n" : ", because " + problem + "\n"), outcome);
}

ToolResult NoteTools::askUser(ToolBox& box, const ToolArguments&, std::stop_token) {
    return toolFailed(box.m_prompts.notice("nobody"));
}

} // namespace app
