// Where the tokens of a run went, by stage of its branches, and when a model's peak hours begin or end. From
// the branches a session keeps, those of the runs it resumed included. Pure functions of store and prices;
// the store's thread.
#pragma once

#include "app/cost.h"
#include "app/store/session_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace app {

struct StageCost {
    std::string stage; // warm, scan, verify, ask: as in events
    std::int64_t calls = 0;
    Usage usage;
};
// "scan Q07/1" -> "scan": the stage a branch belongs to by its name.
std::string stageOfBranch(const std::string& branch);
// In the order in which the stages first spent something; a record of another kind counts nowhere.
std::vector<StageCost> costByStage(const SessionStore& store, const std::string& run);

struct PeakHours {
    bool now = false;
    UtcSeconds changes = 0; // when that ends
};
// Nothing where the model costs the same at any hour.
std::optional<PeakHours> peakHours(const PriceTable& prices, const std::string& priceId, UtcSeconds at);

} // namespace app
