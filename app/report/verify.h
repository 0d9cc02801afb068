// Proves the citations of a stored report again, against the corpus as it is now. Needs no model. Any thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct ProofChange {
    std::string finding;      // "F12", or "summary 3", "answer 1"
    std::string at, was, now; // now: moved, altered, gone, state name
    std::string detail;       // "first differing byte 1,204", "now at src/b.c:12"
};

struct Proof {
    int checked = 0, held = 0;
    std::vector<ProofChange> changed;
    std::vector<std::string> missing; // cited files that are no longer there
    bool holds() const { return changed.empty() && missing.empty(); }
};
Proof verifyReport(const Report& report, std::shared_ptr<const ingest::Corpus> corpus,
                   std::stop_token stop = {});
nlohmann::ordered_json toJson(const Proof& proof); // lectern.proof/1

} // namespace app
