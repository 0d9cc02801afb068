// lectern ask: an answer with evidence; without a model the passages and exact counts.

#include "app/cli/job_frame.h"

namespace app::cli {

namespace {

int run(Invocation& call) {
    call.questionFirst();
    const std::string question = call.positional().at(0);
    if (question.find_first_not_of(" \t\n") == std::string::npos)
        throw UsageError("The question is empty.", "QUESTION");
    JobFrame frame(call, "ask", question, 1);
    AskOptions options = frame.frame().askOptions();
    options.exhaustive = call.has("exhaustive");
    Report report = ask(frame.input(), options, frame.stop());
    printReport(call, report);
    return frame.finish(report);
}

} // namespace

const Command& askCommand() {
    static const Command command{
        .name = "ask",
        .summary = "Answer a question with evidence",
        .positional = "QUESTION [PATH…]",
        .minimum = 1,
        .maximum = -1,
        .corpus = true,
        .options = {{"scope", "GLOB", "look only into these paths"},
                    {"exhaustive", "", "list and count every place", {}, Takes::Nothing},
                    {"follow", "RUN", "go on from the answer of this run"},
                    {"extractive", "", "no sentence that a model worded", {}, Takes::Nothing}},
        .codeOne = "nothing was found, or a sentence of the answer is unsupported",
        .run = run,
    };
    return command;
}

} // namespace app::cli
