// Intake: what reading a subject ends in, before anything is asked: the corpus, the plan of what a model would see,
// every listed file with its state and rule, and what a person should look at first. One call reads all of it; the
// window runs it inside a Job. Values are immutable once returned. Job thread.
#pragma once

#include "app/context.h"
#include "app/report/report.h"
#include "app/settings.h"
#include "app/workspace.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct IntakeWarning {
    std::string kind;  // "secret", "instruction", "note"
    std::string what;  // "looks like a secret (aws access key)"
    std::string at;    // "src/a.cpp:12", or empty
};

struct Intake {
    ReadRequest request;
    std::shared_ptr<const ingest::Corpus> corpus;
    std::shared_ptr<const Context> context;
    std::vector<ManifestRow> manifest; // documents with their tokens, and everything left out with its rule
    Coverage coverage;
    std::vector<IntakeWarning> warnings;
    bool stopped = false; // by the user: what was read until then
};

struct IntakeProgress {
    const char* stage = "read"; // read, plan, look
    std::int64_t done = 0, total = 0;
    std::string current;
};

Intake readIntake(const ReadRequest& request, const Settings& settings,
                  const std::function<void(const IntakeProgress&)>& onProgress, std::stop_token stop);

// The context under an engine's window; without an engine the whole window of the model family is assumed.
ContextOptions contextOptions(const Settings& settings, const ReadRequest& request, std::int64_t engineWindow, bool remote);

// The request with one more rule at its end: the last match wins, so this decides about `pattern`.
ReadRequest withRule(ReadRequest request, const std::string& pattern, bool include);

} // namespace app
