// lectern review: findings of checks, witnesses and, where there is one, a model.
#include "app/report/review.h"

#include "app/cli/job_frame.h"
#include "app/resources.h"

#include <algorithm>

namespace app::cli {

namespace {

int run(Invocation& call) {
    for (const char* later : {"range", "rules", "trust"})
        if (call.has(later))
            throw UsageError("This version cannot do --" + std::string(later) + ".",
                             "--" + std::string(later),
                             "review without it; REPO@REV reviews a revision as a whole");
    const std::vector<std::string> tools = call.values("run-tools");
    for (const std::string& tool : tools)
        if (tool != "cppcheck" && tool != "shellcheck" && tool != "flawfinder")
            throw UsageError("There is no tool \"" + tool + "\" to run.", "--run-tools",
                             "choose from cppcheck, shellcheck, flawfinder");
    const std::string witnesses = call.has("witness") ? readFile(call.value("witness")) : std::string();
    JobFrame frame(call, "review");
    ReviewOptions options = frame.frame().reviewOptions();
    if (call.has("goal")) options.goals = call.values("goal");
    options.witnessSarif = witnesses;
    options.runTools = tools;
    options.failOn = call.value("fail-on", "low");
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
