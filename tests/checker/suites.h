// What lectern-check runs on a device besides operations and goldens: see usage in main.cpp. Each suite reports a
// sentence for each check and prints as it goes, for machines whose time is short.
#pragma once

#include <functional>
#include <string>

namespace checker {

using Report = std::function<void(bool, const std::string&)>;

// Flash's own shapes against the reference.
void checkFlash(const std::string& device, const Report& report);
// Twenty runs of a small model as trained, chunks and single tokens: equal bytes of logits and state.
void checkRepeats(const std::string& device, const Report& report);
// Every length n .. n+127 around the borders of windows, of 4 and 128 tokens and of chunks: the device's logits
// against the CPU's, without rounding.
void checkBorders(const std::string& device, const Report& report);
// 256 greedy tokens on the CPU; the device is led along them and must choose the same one each time without
// rounding, and 97 of 100 times as trained, where a rounding that falls the other way is carried on. `model`: a
// folder, or empty for a model of formula weights.
void checkGreedy(const std::string& device, const std::string& model, const Report& report);

} // namespace checker
