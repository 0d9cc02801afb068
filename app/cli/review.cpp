// lectern review: findings of checks, witnesses and, where there is one, a model.
#include "app/report/review.h"

#include "app/cli/job_frame.h"
#include "app/report/report_json.h"
#include "app/resources.h"

#include <algorithm>

namespace app::cli {

namespace {

// What the last finished review of this session found, with the states that triage has given since.
std::vector<Finding> earlierFindings(SessionStore& store, const std::string& thisRun) {
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->goal != "review" || run->id == thisRun || run->finished.empty() || run->status != "complete")
            continue;
        std::vector<Finding> findings;
        for (const StoredFinding& stored : store.findings(run->id)) {
            Finding finding = findingFromJson(nlohmann::ordered_json::parse(stored.record));
            finding.state = stored.state;
            findings.push_back(std::move(finding));
        }
        return findings;
    }
    return {};
}

int run(Invocation& call) {
    for (const char* later : {"range", "rules", "trust"})
        if (call.has(later))
            throw UsageError("This version cannot do --" + std::string(later) + ".", "--" + std::string(later),
                             "review without it; REPO@REV reviews a revision as a whole");
    ReviewOptions options;
    if (call.has("witness")) options.witnessSarif = readFile(call.value("witness"));
    options.runTools = call.values("run-tools");
    for (const std::string& tool : options.runTools)
        if (tool != "cppcheck" && tool != "shellcheck" && tool != "flawfinder")
            throw UsageError("There is no tool \"" + tool + "\" to run.", "--run-tools",
                             "choose from cppcheck, shellcheck, flawfinder");
    JobFrame frame(call, "review");
    if (call.has("goal")) options.goals = call.values("goal");
    options.strictness = int(call.number("strict", 2, 0, 3));
    options.passes = int(call.number("passes", 2, 1, 5));
    options.failOn = call.value("fail-on", "low");
    options.extractive = call.has("extractive");
    for (const PlanItem& item : frame.plan().items)
        if (item.on && item.kind == "scan")
            options.questions.push_back({item.id, item.question, item.scope, {}, {}});
    options.earlier = earlierFindings(frame.store(), frame.input().run.id);
    options.dismissals = frame.store().dismissals();
    Report report = review(frame.input(), options, frame.stop());
    printReport(call, report);
    return frame.finish(report);
}

} // namespace

const Command& reviewCommand() {
    static const Command command{
        .name = "review",
        .summary = "Find what is wrong, each finding with its proof",
        .positional = "[PATH…]",
        .maximum = -1,
        .corpus = true,
        .options =
            {{"goal",
              "G,G",
              "review, security, drift, contradictions (review)",
              {"review", "security", "drift", "contradictions"},
              Takes::Value,
              true,
              true},
             {"range", "A..B", "review what changed between two revisions"},
             {"plan", "FILE", "the questions to ask, as written by lectern plan --out"},
             {"rules", "FILE", "project rules in plain words, one a line"},
             {"passes", "N", "how often a question is asked, differently worded, 1 to 5 (2)"},
             {"strict", "N",
              "0 shows uncertain findings too, 1 the likelier of them, 2 open ones, 3 strong ones (2)"},
             {"witness", "FILE", "results of another analyser as SARIF, shown beside findings"},
             {"run-tools",
              "LIST",
              "cppcheck, shellcheck, flawfinder: run them over a copy as witnesses",
              {"cppcheck", "shellcheck", "flawfinder"},
              Takes::Value,
              true,
              true},
             {"trust", "", "measure how well the model reads this corpus", {}, Takes::Nothing},
             {"extractive", "", "no sentence that a model worded", {}, Takes::Nothing},
             {"fail-on",
              "LEVEL",
              "lowest severity that gives exit code 1: note, low, medium, high, critical, never (low)",
              {"note", "low", "medium", "high", "critical", "never"}}},
        .codeOne = "open findings at or above the level of --fail-on",
        .run = run,
    };
    return command;
}

} // namespace app::cli
