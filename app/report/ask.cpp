#include "app/report/ask.h"

#include "app/agent/jobs.h"
#include "app/report/checks/check.h"
#include "app/report/citation.h"
#include "app/report/job_report.h"
#include "app/report/summary_text.h"
#include "ingest/search.h"

#include <algorithm>
#include <set>

namespace app {

namespace {

bool isExhaustive(const std::string& question) {
    static const Pattern words(
        R"(\b(?:how many|how often\s+(?:is|are|does|do|was|were)\s+[^?]{1,60}?\b(?:occur|appear|mentioned|named|used|called|written)|list (?:all|every)|all (?:the )?(?:places|uses|occurrences|files)|every (?:place|use|occurrence)|is there any|are there any|count|wie viele|wie oft|alle stellen|combien)\b)",
        Letters::AnyCase);
    return words.matches(question);
}

// What the question names literally: "in quotes", `in backticks`, identifiers; for exhaustive ones its rarest
// words too.
std::vector<std::string> literalsOf(const std::string& question, bool exhaustive) {
    static const Pattern quotedText(
        "\"([^\"\\n]{2,200})\"|`([^`\\n]{2,200})`|\xE2\x80\x9C([^\\n]{2,200}?)\xE2\x80\x9D");
    static const Pattern identifier(
        R"(\b([A-Za-z_][A-Za-z0-9]*(?:_[A-Za-z0-9]+|::[A-Za-z0-9_]+|[a-z0-9][A-Z][A-Za-z0-9]*|\(\))+|[A-Z]{2,}[0-9_][A-Z0-9_]*|--[a-z][a-z0-9-]+))");
    std::vector<std::string> result;
    PatternMatch match;
    const auto add = [&](std::string_view text) {
        std::string literal(checks::trim(text));
        if (literal.ends_with("()")) literal.resize(literal.size() - 2);
        if (literal.size() > 1 && std::find(result.begin(), result.end(), literal) == result.end())
            result.push_back(std::move(literal));
    };
    for (std::size_t from = 0; quotedText.next(question, from, match);)
        for (int group = 1; group <= 3; ++group)
            if (!match.groups[static_cast<std::size_t>(group)].empty())
                add(match.groups[static_cast<std::size_t>(group)]);
    for (std::size_t from = 0; identifier.next(question, from, match);) add(match.groups[0]);
    if (exhaustive && result.empty())
        for (const auto& [begin, end] : sentencesOf(question, 0, question.size())) {
            std::string longest;
            std::string word;
            for (std::size_t at = begin; at <= end; ++at) {
                const char c = at < end ? question[at] : ' ';
                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c < 0)
                    word.push_back(c);
                else {
                    static const std::set<std::string> asking{
                        "how",   "many",  "often",       "list",      "all",   "every",
                        "count", "times", "occurrences", "places",    "uses",  "files",
                        "there", "any",   "word",        "mentioned", "occur", "occurs"};
                    if (word.size() > longest.size() && !asking.contains(word) && !isStopWord(word))
                        longest = word;
                    word.clear();
                }
            }
            if (longest.size() > 3) add(longest);
        }
    return result;
}

// Exact counts, each a computed sentence with the first places as evidence.
std::vector<Sentence> countLiterals(Report& report, const ingest::Corpus& corpus, const AskOptions& options,
                                    std::stop_token stop) {
    std::vector<Sentence> sentences;
    for (const std::string& literal :
         literalsOf(options.question, options.exhaustive || isExhaustive(options.question))) {
        ingest::SearchQuery query;
        query.text = literal;
        query.scope = options.scope;
        query.caseSensitive = std::any_of(literal.begin(), literal.end(),
                                          [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
        const ingest::SearchResult result = ingest::search(corpus, query, stop);
        report.searches.push_back(
            {literal, "literal", options.scope, static_cast<std::int64_t>(result.total)});
        std::set<std::uint32_t> files;
        for (const ingest::Span& hit : result.hits) files.insert(hit.document);
        Sentence sentence = computedSentence(
            checks::quoted(literal) + " occurs " +
            countOf(static_cast<std::int64_t>(result.total), "time", "times") +
            (result.total == 0 ? std::string()
                               : " in " + countOf(static_cast<std::int64_t>(files.size()), "file", "files")) +
            (result.complete ? "." : "; the search was ended early, so this is a lower bound."));
        const std::size_t shown = options.exhaustive ? 200 : 5;
        for (std::size_t i = 0; i < result.hits.size() && i < shown; ++i)
            sentence.evidence.push_back(evidenceAt(corpus, result.hits[i], EvidenceRole::Support, 1));
        sentences.push_back(std::move(sentence));
    }
    return sentences;
}

std::vector<Passage> forModel(const ingest::Corpus& corpus, const std::vector<RankedPassage>& ranked) {
    std::vector<Passage> passages;
    for (const RankedPassage& one : ranked)
        passages.push_back({one.span, corpus.document(one.span.document).path(), {}});
    return passages;
}

// What was said before, for a reader that may use it; the last exchanges, cut to a few thousand bytes.
std::string saidBefore(const std::vector<Exchange>& earlier) {
    std::string text;
    for (auto one = earlier.rbegin(); one != earlier.rend() && text.size() < 6000; ++one)
        text = "Question: " + one->question + "\nAnswer: " + one->answer.substr(0, 3000) + "\n" + text;
    return text.empty() ? text : "Said earlier in this conversation, nothing of it is evidence:\n" + text + "\n";
}

void answerByModel(Report& report, const JobInput& input, const AskOptions& options,
                   const std::vector<RankedPassage>& ranked, std::stop_token stop) {
    AnswerResult answer =
        answerQuestion(*input.model, options.question, forModel(*input.corpus, ranked), stop,
                       saidBefore(options.earlier));
    for (auto* list : {&answer.sentences, &answer.unsupported})
        for (Sentence& sentence : *list) {
            if (list == &answer.unsupported && sentence.supports == Supports::NotNeeded)
                sentence.supports = Supports::No;
            sentence.demo = input.model->info.demo;
            if (input.hooks.onSentence) input.hooks.onSentence(sentence);
            report.answer.push_back(std::move(sentence));
        }
    report.searches.insert(report.searches.end(), answer.searches.begin(), answer.searches.end());
    if (answer.notInText)
        report.notes.push_back("The model says that the text does not answer the question.");
}

} // namespace

Exchange exchangeOf(const Report& report) {
    Exchange exchange{report.run.question, {}};
    for (const Sentence& sentence : report.answer) {
        if (sentence.origin == Origin::Extracted && exchange.answer.size() > 1500) continue; // a few passages do
        exchange.answer += sentence.text.substr(0, 600);
        if (!sentence.evidence.empty()) exchange.answer += " [" + sentence.evidence.front().at + "]";
        exchange.answer += '\n';
    }
    return exchange;
}

Report ask(const JobInput& input, const AskOptions& options, std::stop_token stop) {
    const auto began = std::chrono::steady_clock::now();
    const ingest::Corpus& corpus = *input.corpus;
    Report report = beginReport(input);
    report.run.question = options.question;
    Ledger ledger(input.corpus);
    applyContext(ledger, input);
    ledger.planQuestion("question", options.scope);
    stage(input, "scan", 0, 2);
    std::vector<Sentence> counted = countLiterals(report, corpus, options, stop);
    const PassageIndex index(input.corpus, stop);
    // "And in Germany?" means little alone: the words of the question before it count too.
    const std::string words =
        options.earlier.empty() ? options.question : options.question + "\n" + options.earlier.back().question;
    const auto ranked = index.rank(words, options.scope, options.passages);
    std::string terms;
    for (const std::string& term : termsOf(words))
        if (!isStopWord(term)) terms += (terms.empty() ? "" : " ") + term;
    report.searches.push_back({terms, "passages", options.scope, static_cast<std::int64_t>(ranked.size())});
    if (!options.earlier.empty())
        report.notes.push_back("Goes on from: " + options.earlier.back().question);
    stage(input, "scan", 1, 2);
    if (!stop.stop_requested()) ledger.examined("question");

    if (input.model && !onlySamples(input) && !options.extractive && !stop.stop_requested())
        answerByModel(report, input, options, ranked, stop);
    const bool answered = !report.answer.empty();
    for (Sentence& sentence : counted) report.answer.push_back(std::move(sentence));
    if (!ranked.empty()) {
        report.answer.push_back(computedSentence(
            (answered ? "Passages that the search ranks highest: " : "Passages, not an answer: ") +
            countOf(static_cast<std::int64_t>(ranked.size()), "place shares", "places share") +
            (ranked.front().weak ? " only some words with the question." : " the most words with the question.")));
        for (const RankedPassage& one : ranked) {
            Sentence sentence =
                extractedSentence(corpus, one.span, corpus.document(one.span.document).path());
            if (input.hooks.onSentence) input.hooks.onSentence(sentence);
            report.answer.push_back(std::move(sentence));
        }
    } else {
        report.answer.push_back(computedSentence(
            "Nothing in the text that was read speaks about this; the searches that were made are listed."));
    }
    applyModel(report, ledger, input);
    if (options.extractive) dropGenerated(report);
    if (stop.stop_requested()) ledger.gap("run", "stopped before it was finished");
    closeReport(report, ledger, input, "never", began, stop);

    const bool counts = std::any_of(report.searches.begin(), report.searches.end(),
                                    [](const SearchMade& s) { return s.hits > 0; });
    bool unsupported = false;
    for (const Sentence& sentence : report.answer)
        unsupported =
            unsupported || (sentence.origin == Origin::Generated && sentence.supports != Supports::Yes &&
                            sentence.supports != Supports::NotNeeded);
    if (!counts) report.run.conditions.push_back("nothing found");
    if (unsupported) report.run.conditions.push_back("an answer's sentence is without proven support");
    if ((!counts || unsupported) && report.run.exit == 0) report.run.exit = 1;
    stage(input, "report", 1, 1);
    return report;
}

} // namespace app
