// ModelRun: what a job needs to talk to a model: the backend, the corpus, the shared prefix, the caps, and the four
// callbacks through which everything leaves (events, price, finished branches in, finished branches out). The caller
// owns it and fills it once per run; jobs.h and agent.h use it on the same job thread. Source: agent.md 3, 4, 12.
#pragma once

#include "app/backend/backend.h"
#include "app/report/report.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ingest {
class Corpus;
class History;
}

namespace app {

class Context;
class PrefixGuard;

// Caps of one run; 0 or absent = none. At 90 % of money or minutes no new branch starts; a running one finishes.
struct ModelLimits {
    std::optional<Money> budget;
    double minutes = 0;
    int turnsPerBranch = 12;
    std::int64_t tailTokens = 24000;   // tool results and task text a branch may append, estimated
    int answerTokens = 4096;
};

// Fields are those of product.md 4, Events: type "branch.started", "tool", "text", "finding", "cost.update", ...
using RunEventSink = std::function<void(const std::string& type, const nlohmann::ordered_json& fields)>;

struct ModelRun {
    Backend* backend = nullptr;
    BackendInfo info;                                // backend->info(), asked once by the caller
    std::shared_ptr<const ingest::Corpus> corpus;
    std::shared_ptr<ingest::History> history;        // may be null: not a repository
    std::shared_ptr<const Context> context;          // the shared prefix; null: the model reads through its tools only
    std::vector<Witness> witnesses;                  // results of checks and imported analysers
    ModelLimits limits;
    Effort effort = Effort::High;
    bool thinking = true;
    bool verbose = false;                            // "text" events only then

    RunEventSink onEvent;                                                       // may be empty
    std::function<std::optional<Money>(const Usage&)> price;                    // empty or nullopt = unknown, never 0
    // Finished branches by key: a stored one is never asked, and never paid, again.
    std::function<std::optional<std::string>(const std::string& key)> finishedBranch;
    std::function<void(const std::string& key, const std::string& record)> storeBranch;

    // Kept by the jobs.
    std::shared_ptr<PrefixGuard> guard;
    Usage usage;                                     // this run's own calls; replayed branches add nothing
    std::int64_t calls = 0;
    std::optional<Money> spent;
    std::string reportedModel;
    bool budgetReached = false;                      // exit code 4
    bool unfinished = false;                         // a branch failed or was not started: coverage is incomplete
    std::string engineFailure;                       // a sentence: exit code 5
    std::vector<std::string> notes;                  // for Report::notes
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

} // namespace app
