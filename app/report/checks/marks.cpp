// C03 merge markers, C17 disabled tests, C20 work noted as open, D07 placeholders, D13 tracked changes left
// behind.
#include "app/report/checks/check.h"

#include <algorithm>

namespace app::checks {

namespace {

void mergeMarkers(const FileView& file, Sink& sink) {
    // Only the three together, in order, are a conflict; "=======" alone underlines a heading.
    static const Pattern marker(R"re(^(<{7}|={7}|>{7})(?:[ \t][^\n]*)?\r?$)re");
    PatternMatch match;
    std::size_t begin = 0;
    int state = 0;
    for (std::size_t from = 0; marker.next(file.text, from, match);) {
        const char c = match.groups[1][0];
        if (c == '<') {
            state = 1;
            begin = match.begin;
        } else if (c == '=' && state == 1) {
            state = 2;
        } else if (c == '>' && state == 2) {
            state = 0;
            sink.hit({lineOf(file, begin),
                      "Unresolved merge conflict",
                      "The markers of a merge that was not finished stand in the text.",
                      "One of the two versions has to go.",
                      {{lineOf(file, match.begin), EvidenceRole::Support}}});
        }
    }
}

void disabledTests(const FileView& file, Sink& sink) {
    if (!file.isCode()) return;
    static const Pattern disabled(
        R"re(\bTEST(?:_[FPM])?\s*\(\s*\w+\s*,\s*DISABLED_\w+|\bTEST(?:_[FPM])?\s*\(\s*DISABLED_\w+|@(?:Ignore|Disabled)\b|@(?:pytest\.mark\.skip|unittest\.skip)\b(?!if|If)|\b(?:it|test|describe)\.skip\s*\(|\bx(?:it|describe|test)\s*\(\s*["'\x60]|#\[ignore\b)re");
    PatternMatch match;
    for (std::size_t from = 0; disabled.next(file.code, from, match);)
        sink.hit({lineOf(file, match.begin), "Disabled test", "A test is switched off.",
                  "What it would prove is not proved."});
}

void openWork(const FileView& file, Sink& sink) {
    if (!file.isCode()) return;
    static const Pattern note(R"re(\b(TODO|FIXME|XXX|HACK)\b)re");
    PatternMatch match;
    std::size_t first = std::string::npos;
    int count = 0;
    for (std::size_t from = 0; note.next(file.text, from, match);) {
        // In a comment: there the text without comments is blank.
        if (file.uncommented[match.begin] != ' ') continue;
        if (count++ == 0) first = match.begin;
    }
    if (count > 0)
        sink.hit({lineOf(file, first),
                  std::to_string(count) + (count == 1 ? " note" : " notes") + " of open work",
                  "Comments mark " + std::to_string(count) + (count == 1 ? " place" : " places") +
                      " as unfinished; this is the first.",
                  ""});
}

// Fenced code of Markdown is somebody's example.
bool inFence(const FileView& file, std::size_t byte) {
    if (file.document.kind() != ingest::Kind::Markdown) return false;
    bool fenced = false;
    for (int line = 1, last = file.document.lineAt(byte); line <= last; ++line) {
        const std::string_view text = trim(file.document.line(line));
        if (text.starts_with("```") || text.starts_with("~~~")) fenced = !fenced;
    }
    return fenced;
}

void placeholders(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern placeholder(
        "\\b(?:TBD|TBC|TBA)\\b(?!\\w)|\\[\\s*(?:\xE2\x97\x8F|\xE2\x80\xA2|\\*|_{2,})\\s*\\]|\\[(?:"
        "INSERT|ENTER|NAME|DATE|AMOUNT|ADDRESS|COMPANY|CLIENT|PARTY|YEAR|PLACE|TO BE)\\b[A-Za-z ,.:]{0,60}\\]|"
        "\\b[Ll]orem ipsum\\b|\\bto be "
        "(?:determined|confirmed|completed|agreed)\\s*[\\])]|\\bXX+[./-]XX+[./-]XX+\\b");
    PatternMatch match;
    int onPage = 0;
    for (std::size_t from = 0; placeholder.next(file.text, from, match);) {
        if (inFence(file, match.begin)) continue;
        // An entry of a list of abbreviations explains the word.
        const std::string_view after = trim(std::string_view(file.text).substr(match.end, 40));
        if (after.starts_with("(to be") || after.starts_with("to be determined") || after.starts_with("= ") ||
            after.starts_with("- to be") || after.starts_with(": to be"))
            continue;
        const std::string_view before = trim(std::string_view(file.text).substr(
            match.begin > 8 ? match.begin - 8 : 0, std::min<std::size_t>(8, match.begin)));
        if (before.find("TBD") != std::string_view::npos || before.find("TBC") != std::string_view::npos)
            continue;
        if (++onPage > 50) return;
        sink.hit({lineOf(file, match.begin), "Placeholder left: " + quoted(match.groups[0], 40),
                  "The text holds a placeholder where a value belongs.", "The document is not finished."});
    }
}

void trackedChanges(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern change(
        R"re(\{(?:\+\+[^\n]{1,200}?\+\+|--[^\n]{1,200}?--|>>[^\n]{1,200}?<<|~~[^\n]{1,200}?~>[^\n]{0,200}?~~)\}|\bComment(?:ed)? \[[A-Z]{1,4}\d{1,4}\]:|^\s*(?:Deleted|Inserted|Formatted): \S|<w:(?:ins|del)\b)re");
    PatternMatch match;
    for (std::size_t from = 0; change.next(file.text, from, match);) {
        if (inFence(file, match.begin)) continue;
        sink.hit({lineOf(file, match.begin), "Tracked change or comment left behind",
                  "An editing mark stands in the text: " + quoted(match.groups[0]) + ".",
                  "It shows what was meant for the authors only."});
    }
}

} // namespace

Family markChecks() {
    return {
        {{"C03", "Merge markers", "Are there unresolved merge conflicts?", "defect", Severity::High,
          Precision::Finding},
         mergeMarkers},
        {{"C17", "Disabled tests", "Which tests are switched off?", "hygiene", Severity::Note,
          Precision::Note},
         disabledTests},
        {{"C20", "Open work", "Which files say that they are unfinished?", "hygiene", Severity::Note,
          Precision::Note},
         openWork},
        {{"D07", "Placeholders", "Are there placeholders where values belong?", "gap", Severity::Medium,
          Precision::Finding},
         placeholders},
        {{"D13", "Tracked changes", "Are there tracked changes or comments left behind?", "hygiene",
          Severity::Medium, Precision::Finding},
         trackedChanges},
    };
}

} // namespace app::checks
