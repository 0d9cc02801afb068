// What every job (review, summary, ask) is given and whom it tells. References borrow; the caller keeps them
// alive for the length of the call. Jobs are plain functions: the command line calls them directly, the
// window inside a Job.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace app {

class Context;
class SessionStore;
class TokenCounter;
struct ModelRun;

struct JobHooks {
    std::function<void(const std::string& stage, std::int64_t done, std::int64_t total)> onStage;
    std::function<void(const Finding&)> onFinding;
    std::function<void(const Sentence&)> onSentence;
    std::function<void(const std::string& what, const std::string& about)> onWarning;
};

struct JobInput {
    std::shared_ptr<const ingest::Corpus> corpus;
    std::shared_ptr<const Context>
        context;               // what a model would see; null without an engine: the checks read everything
    ModelRun* model = nullptr; // null: no engine, level 0
    SessionStore* store = nullptr; // null: nothing is kept
    const TokenCounter* counter = nullptr;
    RunReport run; // id, goal, started; the job fills seconds, status, conditions, exit
    EngineReport engine;
    CostReport cost;
    bool samples = true; // the demo model may word some; false: the plan has them off
    JobHooks hooks;
};

} // namespace app
