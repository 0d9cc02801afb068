// What a reader (level 1) or an unmeasured model (level 0) may do: one line about a passage that code chose, and
// choosing among places that code offers. Nothing here lets it invent a place.
#include "app/agent/job_parts.h"

#include "app/agent/tool_kinds.h"

#include <algorithm>

namespace app {
namespace {

// A line about one passage, marked generated and cited by that passage.
std::optional<Sentence> describeOne(Agent& agent, const Passage& passage, const std::string& name, std::stop_token stop) {
    ModelRun& run = agent.model();
    BranchTask task;
    task.name = "describe " + name;
    task.bare = true;
    task.mustHandIn = false;
    task.thinking = false;
    task.maxOutput = run.info.level == 0 ? 48 : 120;
    task.question = ingest::toString(*run.corpus, passage.span);
    std::string text(ingest::textOf(*run.corpus, passage.span));
    if (text.size() > 6000)
        text = std::string(oneLine(text.substr(0, 6000), 6000));
    task.text = agent.prompts().fill("describe", {{"fence", fenceOf(run)}, {"place", task.question}, {"text", text}});
    const BranchResult result = agent.run(task, stop);
    if (!result.finished())
        return std::nullopt;
    const std::string shown = shownText(result.text, run.info.level == 0 ? 160 : 300);
    if (shown.empty()) {
        note(run, "The model wrote nothing about " + task.question + ".");
        return std::nullopt;
    }
    Sentence sentence(shown, Origin::Generated);
    sentence.supports = Supports::Unknown;
    sentence.group = passage.group;
    sentence.evidence.push_back(evidenceAt(*run.corpus, passage.span, EvidenceRole::Support, 0));
    return sentence;
}

void noteModel(ModelRun& run) {
    if (!run.info.note.empty())
        note(run, "About the model: " + run.info.note + ".");
    if (run.info.level == 0)
        note(run, "The model " + run.info.model + " has not passed the reader's test (level 0): it was called because it "
                  "was named, wrote at most one marked sentence, and decided nothing.");
}

// The label a model chose, exactly or as the first word of its answer; nothing when it chose none.
std::optional<std::size_t> chosen(const std::string& answer, const std::vector<std::string>& labels) {
    const std::string text = shownText(answer, 200);
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (text == labels[i])
            return i;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto at = text.find(labels[i]);
        const auto end = at + labels[i].size();
        if (at == std::string::npos || (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))))
            continue;
        if (found)
            return std::nullopt; // two labels are no choice
        found = i;
    }
    return found;
}

} // namespace

std::vector<Sentence> describe(ModelRun& run, const std::vector<Passage>& passages, int limit, std::stop_token stop) {
    std::vector<Sentence> out;
    if (!run.backend || passages.empty())
        return out;
    Agent agent(run);
    noteModel(run);
    const std::size_t most = std::min<std::size_t>(passages.size(), run.info.level == 0 ? 1 : std::max(0, limit));
    for (std::size_t i = 0; i < most && !stop.stop_requested() && run.engineFailure.empty(); ++i)
        if (auto sentence = describeOne(agent, passages[i], std::to_string(i + 1), stop))
            out.push_back(std::move(*sentence));
    return out;
}

void orderByInterest(ModelRun& run, std::vector<Finding>& suspects, std::stop_token stop) {
    if (!run.backend || run.info.level < 1 || suspects.size() < 2)
        return;
    Agent agent(run);
    const std::size_t offered = std::min<std::size_t>(suspects.size(), 20);
    for (std::size_t place = 0; place < std::min<std::size_t>(5, offered - 1) && !stop.stop_requested(); ++place) {
        BranchTask task;
        task.name = "interest " + std::to_string(place + 1);
        task.bare = true;
        task.mustHandIn = task.thinking = false;
        task.maxOutput = 16;
        std::string list;
        for (std::size_t i = place; i < offered; ++i) {
            const Finding& suspect = suspects[i];
            task.choices.push_back("S" + std::to_string(i + 1));
            list += task.choices.back() + ": " + suspect.title.text + "\n";
            if (!suspect.evidence.empty())
                list += "  " + suspect.evidence.front().at + " \"" + oneLine(suspect.evidence.front().quote, 200) + "\"\n";
        }
        task.text = agent.prompts().fill("interest", {{"list", list}});
        const BranchResult result = agent.run(task, stop);
        const auto pick = result.finished() ? chosen(result.text, task.choices) : std::nullopt;
        if (!pick)
            return; // the order so far stands
        const auto first = suspects.begin() + static_cast<std::ptrdiff_t>(place);
        std::rotate(first, first + static_cast<std::ptrdiff_t>(*pick), first + static_cast<std::ptrdiff_t>(*pick) + 1);
    }
}

// Level 1 of answerQuestion (jobs_answer.cpp): the place that answers, out of those offered.
AnswerResult pointAtAnswer(ModelRun& run, const std::string& question, const std::vector<Passage>& passages,
                           std::stop_token stop) {
    AnswerResult result;
    if (passages.empty())
        return result;
    Agent agent(run);
    noteModel(run);
    BranchTask task;
    task.name = "point";
    task.bare = true;
    task.mustHandIn = task.thinking = false;
    task.maxOutput = 24;
    task.question = question;
    std::string list;
    const std::size_t offered = std::min<std::size_t>(passages.size(), 8);
    for (std::size_t i = 0; i < offered; ++i) {
        task.choices.push_back("P" + std::to_string(i + 1));
        list += task.choices.back() + "\n" + fenced(run, passages[i].span, 3000) + "\n";
    }
    task.choices.push_back("not in the text");
    task.text = agent.prompts().fill("point", {{"passages", list}, {"question", question}});
    const BranchResult branch = agent.run(task, stop);
    if (!branch.finished())
        return result;
    const auto pick = chosen(branch.text, task.choices);
    if (!pick) {
        note(run, "The model pointed at no passage.");
        return result;
    }
    if (*pick == offered) {
        result.notInText = true;
        return result;
    }
    const ingest::Span& span = passages[*pick].span;
    Sentence sentence("The model points at " + ingest::toString(*run.corpus, span) + " as the place that answers.",
                      Origin::Generated);
    sentence.supports = Supports::Unknown;
    sentence.evidence.push_back(evidenceAt(*run.corpus, span, EvidenceRole::Support, 0));
    result.sentences.push_back(std::move(sentence));
    return result;
}

} // namespace app
