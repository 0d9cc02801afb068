// lectern summarize: the subject in its own sentences, and a model's where there is one.
#include "app/report/summarize.h"

#include "app/cli/job_frame.h"

namespace app::cli {

namespace {

int run(Invocation& call) {
    JobFrame frame(call, "summary");
    SummarizeOptions options;
    const std::string length = call.value("length", "page");
    options.summary.length = length == "short"  ? SummaryLength::Short
                             : length == "long" ? SummaryLength::Long
                                                : SummaryLength::Page;
    const std::string by = call.value("by", "all");
    options.summary.by = by == "folder"     ? SummaryBy::Folder
                         : by == "document" ? SummaryBy::Document
                         : by == "section"  ? SummaryBy::Section
                                            : SummaryBy::All;
    options.extractive = call.has("extractive");
    Report report = summarize(frame.input(), options, frame.stop());
    printReport(call, report);
    return frame.finish(report);
}

} // namespace

const Command& summarizeCommand() {
    static const Command command{
        .name = "summarize",
        .summary = "Say what it is about, in its own sentences",
        .positional = "[PATH…]",
        .maximum = -1,
        .corpus = true,
        .options = {{"length",
                     "LENGTH",
                     "short, page or long: 8, 30 or 120 sentences (page)",
                     {"short", "page", "long"}},
                    {"by",
                     "PART",
                     "all, folder, document or section (all)",
                     {"all", "folder", "document", "section"}},
                    {"extractive", "", "no sentence that a model worded", {}, Takes::Nothing}},
        .codeOne = "a sentence without support remains",
        .run = run,
    };
    return command;
}

} // namespace app::cli
