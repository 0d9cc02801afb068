// What engines have proved able to do: level by model fingerprint and version of the prompts, kept in engines.json in the
// user's data folder (agent.md 2: measured, not declared). Any thread; the file is replaced in one step.
#pragma once

#include <string>

namespace app {

// 0 where this fingerprint was never tested with these prompts.
int storedLevel(const std::string& fingerprint);
void storeLevel(const std::string& fingerprint, int level);

} // namespace app
