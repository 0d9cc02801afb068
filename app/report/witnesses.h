// Witnesses: other analysers' results, imported from SARIF or from cppcheck, shellcheck and flawfinder run on
// request over a copy of the corpus in a temporary folder, with no configuration of the subject's. They stand
// beside findings and appear as suspects (state uncertain), never as findings by themselves. Blocks; stops
// within two seconds.
#pragma once

#include "app/report/review.h"

#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct ForeignResult {
    std::string tool, rule, message, path;
    int line = 0;
    Severity severity = Severity::Low;
};
// Throws std::runtime_error when the text is no SARIF.
std::vector<ForeignResult> readSarif(const std::string& text);
// Throws when a tool of that name is unknown; one that is not installed or fails leaves a note.
std::vector<ForeignResult> runTools(const ingest::Corpus& corpus, const std::vector<std::string>& tools,
                                    std::vector<std::string>& notes, std::stop_token stop);
// Results at the lines of a finding become its witnesses, the rest suspects.
void addWitnesses(std::vector<Finding>& findings, Report& report, const ingest::Corpus& corpus,
                  const ReviewOptions& options, std::stop_token stop);

} // namespace app
