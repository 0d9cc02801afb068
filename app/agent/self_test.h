// The self-test that measures an engine's level (agent.md 2): twelve passages to point at and twelve questions that none
// answers (reader); true and false claims, and calls of a tool (reviewer). The material is made of invented facts, the
// same every time, so that a model cannot know it and two runs can be compared. Job thread.
#pragma once

#include "app/backend/backend.h"

#include <functional>
#include <stop_token>

namespace app {

struct SelfTestResult {
    int level = 0;
    int places = 0, falseClaims = 0;         // of 12 and 12
    int trueRefused = 0, falseAccepted = 0;  // of 10 and 10
    int validCalls = 0;                      // of 20
    bool reviewerTried = false;              // only who passed as a reader is asked for more
    bool complete = false;
    Usage usage;
};

SelfTestResult runSelfTest(Backend& backend, const std::function<void(int done, int total)>& onProgress, std::stop_token stop);

} // namespace app
