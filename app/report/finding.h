// Identity of findings across runs: a fingerprint that knows no line number, matching with an earlier run's
// findings, dismissals (design agent.md 6, 11). Pure functions; any thread.
#pragma once

#include "app/report/report.h"
#include "app/store/session_store.h"
#include "ingest/corpus.h"

#include <string>
#include <string_view>
#include <vector>

namespace app {

// SHA-256 of rule family, normalised path, enclosing symbol or clause, normalised site text.
std::string fingerprint(const Finding& finding, const ingest::Corpus& corpus);
std::string sha256Hex(std::string_view bytes);

// Gives since, firstRun and dismissal to the new findings, and returns those of `earlier` whose site is gone
// (state fixed where the check that found them ran again).
std::vector<Finding> matchEarlier(std::vector<Finding>& now, const std::vector<Finding>& earlier,
                                  const ingest::Corpus& corpus, const std::string& runId);
// Dismissed stays dismissed: this finding by fingerprint, its rule under a path glob, or its rule everywhere.
void applyDismissals(std::vector<Finding>& findings, const std::vector<StoredDismissal>& dismissals);
// Does strictness 0..3 show it?
bool shownAt(const Finding& finding, int strictness);
// Sorts by severity, path and place, and numbers them F1, F2, …
void sortAndNumber(std::vector<Finding>& findings);

} // namespace app
