// Runs the tables of checks over a corpus: file by file, so that only one file's masks are alive, then the
// checks that look across files.
#include "app/report/checks/check.h"

#include "app/report/citation.h"
#include "app/report/finding.h"
#include "app/report/text_folding.h"
#include "ingest/filter.h"
#include "ingest/kind.h"

#include <algorithm>

namespace app {

using namespace checks;

namespace {

const std::vector<Check>& table() {
    static const std::vector<Check> all = [] {
        std::vector<Check> list;
        for (const auto family : {characterChecks, markChecks, referenceChecks, versionChecks, secretChecks,
                                  instructionChecks, callChecks, conditionChecks, flowChecks, copyChecks,
                                  docCommentChecks, termChecks, sectionChecks, amountChecks, clauseChecks})
            for (Check& check : family()) list.push_back(check);
        std::sort(list.begin(), list.end(),
                  [](const Check& a, const Check& b) { return std::string_view(a.info.id) < b.info.id; });
        return list;
    }();
    return all;
}

Sentence computed(std::string text) {
    return {std::move(text), Origin::Computed};
}

class Collector : public Sink {
public:
    Collector(const ingest::Corpus& corpus, const Check& check, int limit)
        : m_corpus(corpus), m_check(check), m_limit(limit) {}

    void hit(Hit hit) override {
        if (++m_count > m_limit || hit.site.end <= hit.site.begin) return;
        Finding finding;
        finding.rule = m_check.info.id;
        finding.kind = m_check.info.kind;
        finding.title = computed(std::move(hit.title));
        finding.claim = computed(std::move(hit.claim));
        finding.consequence = computed(std::move(hit.consequence));
        finding.severity = hit.severity >= 0 ? static_cast<Severity>(hit.severity) : m_check.info.severity;
        finding.confidence = "strong";
        if (m_check.info.precision == Precision::Note) {
            finding.severity = Severity::Note;
            finding.confidence = "moderate";
        }
        finding.stateReason = "deterministic check";
        finding.evidence.push_back(
            evidenceAt(m_corpus, span(hit.site), EvidenceRole::Site, hit.contextLines));
        for (const auto& [place, role] : hit.more)
            if (place.end > place.begin)
                finding.evidence.push_back(evidenceAt(m_corpus, span(place), role, hit.contextLines));
        findings.push_back(std::move(finding));
    }

    std::vector<Finding> findings;
    int further() const { return std::max(0, m_count - m_limit); }

private:
    static ingest::Span span(const Place& place) { return {place.document, place.begin, place.end}; }
    const ingest::Corpus& m_corpus;
    const Check& m_check;
    int m_limit, m_count = 0;
};

CorpusView viewOf(const ingest::Corpus& corpus, const CheckOptions& options, std::stop_token stop) {
    CorpusView view{corpus, {}, {}, {}, stop, {}};
    const auto list = [&](const std::string& path) {
        view.paths.insert(path);
        view.byName.emplace(std::string(ingest::fileNameOf(path)), path);
        for (std::string folder = folderOf(path); !folder.empty() && view.folders.insert(folder).second;)
            folder = folderOf(folder);
    };
    for (std::uint32_t i = 0; i < corpus.documents().size(); ++i) {
        list(corpus.document(i).path());
        if (options.scope.empty() || ingest::globMatch(options.scope, corpus.document(i).path()))
            view.documents.push_back(i);
    }
    for (const ingest::Skipped& skipped : corpus.skipped()) list(skipped.path);
    return view;
}

bool wanted(const CheckOptions& options, const Check& check) {
    return options.only.empty() ||
           std::find(options.only.begin(), options.only.end(), check.info.id) != options.only.end();
}

} // namespace

const std::vector<CheckInfo>& checkList() {
    static const std::vector<CheckInfo> list = [] {
        std::vector<CheckInfo> infos;
        for (const Check& check : table()) infos.push_back(check.info);
        return infos;
    }();
    return list;
}

const CheckInfo* findCheck(std::string_view id) {
    for (const CheckInfo& info : checkList())
        if (id == info.id) return &info;
    return nullptr;
}

CheckRun runChecks(const ingest::Corpus& corpus, const CheckOptions& options,
                   const std::function<void(std::int64_t, std::int64_t)>& onProgress, std::stop_token stop) {
    CheckRun run;
    const CorpusView view = viewOf(corpus, options, stop);
    std::vector<Collector> collectors;
    std::vector<const Check*> active;
    for (const Check& check : table()) {
        if (!wanted(options, check)) continue;
        active.push_back(&check);
        collectors.emplace_back(corpus, check, options.perCheckLimit);
    }
    const auto total = static_cast<std::int64_t>(view.documents.size() + active.size());
    std::int64_t done = 0;
    for (const std::uint32_t index : view.documents) {
        if (stop.stop_requested()) break;
        const ingest::Document& document = corpus.document(index);
        const std::string_view language =
            document.kind() == ingest::Kind::Code
                ? ingest::languageOf(document.path(), std::string_view(document.text()).substr(0, 200))
                : std::string_view();
        Masked masked;
        if (!language.empty()) masked = maskCode(document.text(), language);
        const FileView file{corpus,
                            index,
                            document,
                            document.text(),
                            language,
                            language.empty() ? document.text() : masked.code,
                            language.empty() ? document.text() : masked.uncommented,
                            isTestPath(document.path())};
        for (std::size_t i = 0; i < active.size(); ++i)
            if (active[i]->file) active[i]->file(file, collectors[i]);
        if (onProgress) onProgress(++done, total);
    }
    for (std::size_t i = 0; i < active.size(); ++i) {
        if (stop.stop_requested()) break;
        if (active[i]->corpus) active[i]->corpus(view, collectors[i]);
        if (!stop.stop_requested()) run.completed.emplace_back(active[i]->info.id);
        if (onProgress) onProgress(++done, total);
    }
    for (std::size_t i = 0; i < active.size(); ++i) {
        if (collectors[i].further() > 0)
            run.notes.push_back(std::string(active[i]->info.id) + ": " +
                                std::to_string(collectors[i].further()) + " further hits are not listed.");
        for (Finding& finding : collectors[i].findings) {
            finding.fingerprint = fingerprint(finding, corpus);
            run.findings.push_back(std::move(finding));
        }
    }
    sortAndNumber(run.findings);
    return run;
}

namespace checks {

bool CorpusView::hasTail(std::string_view tail) const {
    const std::string name(ingest::fileNameOf(tail));
    const auto [from, to] = byName.equal_range(name);
    return std::any_of(from, to, [&](const auto& entry) {
        const std::string& path = entry.second;
        return path == tail || (path.size() > tail.size() && path.ends_with(tail) &&
                                path[path.size() - tail.size() - 1] == '/');
    });
}

std::string folderOf(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string cleanPath(const std::string& folder, std::string_view relative) {
    std::vector<std::string> parts;
    const std::string whole = folder.empty() ? std::string(relative) : folder + '/' + std::string(relative);
    for (std::size_t at = 0; at <= whole.size();) {
        const std::size_t slash = std::min(whole.find('/', at), whole.size());
        const std::string part = whole.substr(at, slash - at);
        if (part == "..") {
            if (parts.empty()) return {};
            parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        at = slash + 1;
    }
    std::string result;
    for (const std::string& part : parts) result += (result.empty() ? "" : "/") + part;
    return result;
}

bool isTestPath(std::string_view path) {
    const std::string lower = toLower(path);
    static const Pattern test(
        R"((^|/)(tests?|testing|testsuite|specs?|__tests__|unittests?)(/|$)|(^|/)(test_|tst_)|(_test|_unittest|\.test|\.spec|-test)\.[a-z+]+$)");
    return test.matches(lower);
}

Place lineOf(const ingest::Corpus& corpus, std::uint32_t document, std::size_t byte) {
    const ingest::Document& source = corpus.document(document);
    const int line = source.lineAt(byte);
    std::size_t begin = source.lineBegin(line), end = source.lineEnd(line);
    const std::string& text = source.text();
    while (begin < end && isSpace(static_cast<unsigned char>(text[begin]))) ++begin;
    while (end > begin && isSpace(static_cast<unsigned char>(text[end - 1]))) --end;
    // A line of a minified file is no place anybody can look at.
    if (end - begin > 400) {
        begin = std::max(begin, byte > 150 ? byte - 150 : 0);
        end = std::min(end, byte + 250);
        while (begin < byte && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
        while (end > byte && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            --end;
    }
    return {document, begin, end};
}

Place lineOf(const FileView& file, std::size_t byte) {
    return lineOf(file.corpus, file.index, byte);
}

std::size_t closing(const std::string& code, std::size_t open, char opening, char closer) {
    int depth = 0;
    for (std::size_t at = open; at < code.size() && at < open + 4000; ++at) {
        if (code[at] == opening) ++depth;
        if (code[at] == closer && --depth == 0) return at;
    }
    return std::string::npos;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && isSpace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && isSpace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

std::string quoted(std::string_view text, std::size_t limit) {
    std::string line;
    for (const char c : trim(text)) {
        const bool white = isSpace(static_cast<unsigned char>(c));
        if (white && !line.empty() && line.back() == ' ') continue;
        line.push_back(white ? ' ' : c);
    }
    if (line.size() > limit) {
        std::size_t end = limit;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
        line = line.substr(0, end) + "\u2026";
    }
    return "\u201C" + visible(line) + "\u201D";
}

} // namespace checks

} // namespace app
