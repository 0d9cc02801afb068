// What the jobs share: a Report begun from its input, the ledger told what the Context holds, and the Report
// closed with coverage, account, status and exit code. Internal to the jobs of this folder.
#pragma once

#include "app/report/job_input.h"
#include "app/report/ledger.h"

#include <chrono>
#include <stop_token>
#include <string>

namespace app {

Report beginReport(const JobInput& input);
// Tokens, structure-only and left-out files as the Context planned them; without one every file is read by
// code.
void applyContext(Ledger& ledger, const JobInput& input);
// Usage, price and notes of the model's part; a branch that failed or was not started is a gap in the ledger.
void applyModel(Report& report, Ledger& ledger, const JobInput& input);
// The model is the built-in demo model, which decides nothing and reads nothing but the places of its samples
// (sample_places.h): everything else is as without a model.
bool onlySamples(const JobInput& input);
// Coverage, manifest, seconds and status; the badge on what the demo model wrote. `failOn` as for exitCode().
void closeReport(Report& report, const Ledger& ledger, const JobInput& input, const std::string& failOn,
                 std::chrono::steady_clock::time_point began, std::stop_token stop);
// Drops generated sentences; a finding whose claim was one is shown by its kind, its rule and its quotes.
void dropGenerated(Report& report);
Sentence computedSentence(std::string text);
std::string countOf(std::int64_t number, const std::string& one, const std::string& many); // "1,203 files"
void stage(const JobInput& input, const char* name, std::int64_t done, std::int64_t total);

} // namespace app
