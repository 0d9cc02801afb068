// Answers and connecting sentences by a reviewer (level 2): one branch that hands in sentences with quotes, then a
// fresh branch for each sentence that asks whether the quote carries it.
#include "app/agent/job_parts.h"

#include <algorithm>

namespace app {

AnswerResult pointAtAnswer(ModelRun& run, const std::string& question, const std::vector<Passage>& passages,
                           std::stop_token stop);

namespace {

// Sentences of a branch, each checked; those without a located or carrying quote go to the second list.
void gather(Agent& agent, const BranchResult& branch, const std::string& prefix, AnswerResult& into,
            std::stop_token stop) {
    int number = 0;
    for (const NotedAnswer& noted : branch.notes.answers) {
        into.exhaustiveFlag = into.exhaustiveFlag || noted.exhaustive;
        if (noted.notInText) {
            into.notInText = true;
            continue;
        }
        Sentence sentence = noted.sentence;
        checkSupport(agent, sentence, prefix + std::to_string(++number), stop);
        const bool carried = !sentence.evidence.empty() && sentence.supports != Supports::No;
        (carried ? into.sentences : into.unsupported).push_back(std::move(sentence));
    }
    // Text beside the tools has no quotes: shown as unsupported, never dropped, never an answer.
    if (branch.finished() && branch.notes.answers.empty())
        for (const std::string& text : sentencesOf(branch.text)) {
            Sentence sentence(text, Origin::Generated);
            sentence.supports = Supports::No;
            into.unsupported.push_back(std::move(sentence));
        }
    into.searches.insert(into.searches.end(), branch.notes.searches.begin(), branch.notes.searches.end());
    if (!into.sentences.empty())
        into.notInText = false;
}

} // namespace

std::vector<Sentence> connectSummary(ModelRun& run, const std::vector<Sentence>& extracted, const std::string& length,
                                     std::stop_token stop) {
    if (!run.backend || run.info.level < 2 || extracted.empty())
        return {};
    Agent agent(run);
    agent.warmUp(stop);
    std::string list;
    for (std::size_t i = 0; i < extracted.size() && list.size() < 24'000; ++i)
        list += "- " + extracted[i].text.substr(0, 600) +
                (extracted[i].evidence.empty() ? "" : " (" + extracted[i].evidence.front().at + ")") + "\n";
    BranchTask task;
    task.name = "summary";
    task.kind = BranchKind::Answer;
    task.question = "What connects the extracted sentences?";
    task.text = agent.prompts().fill("summarize", {{"sentences", list},
                                                   {"count", length == "short" ? "2 to 3" : length == "long" ? "8 to 12" : "4 to 6"}});
    AnswerResult result;
    gather(agent, agent.run(task, stop), "S", result, stop);
    std::vector<Sentence> out = std::move(result.sentences);
    out.insert(out.end(), result.unsupported.begin(), result.unsupported.end());
    return out;
}

AnswerResult answerQuestion(ModelRun& run, const std::string& question, const std::vector<Passage>& passages,
                            std::stop_token stop, const std::string& before) {
    AnswerResult result;
    if (!run.backend)
        return result;
    if (run.info.level == 0) {
        result.sentences = describe(run, passages, 1, stop);
        return result;
    }
    if (run.info.level == 1)
        return pointAtAnswer(run, question, passages, stop);
    Agent agent(run);
    agent.warmUp(stop);
    std::string focus;
    for (std::size_t i = 0; i < passages.size() && i < 6; ++i)
        focus += fenced(run, passages[i].span, 2000);
    if (!focus.empty())
        focus = "Passages that a search ranked first; they may be beside the point:\n" + focus;
    focus = before + focus;
    BranchTask task;
    task.name = "ask";
    task.kind = BranchKind::Answer;
    task.question = question;
    task.text = agent.prompts().fill("ask", {{"scope", "all files"}, {"focus", focus}, {"question", question}});
    gather(agent, agent.run(task, stop), "A", result, stop);
    return result;
}

} // namespace app
