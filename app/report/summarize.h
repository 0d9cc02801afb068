// The summary job: extractive summary as a Report, with a model's connecting sentences where there is one.
#pragma once

#include "app/report/job_input.h"
#include "app/report/summary.h"

#include <stop_token>

namespace app {

struct SummarizeOptions {
    SummaryOptions summary;
    bool extractive = false; // drop generated sentences
};
Report summarize(const JobInput& input, const SummarizeOptions& options, std::stop_token stop);

} // namespace app
