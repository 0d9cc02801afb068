#include "app/backend/engine_levels.h"

#include "app/agent/jobs.h"
#include "app/resources.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace app {

namespace {

std::filesystem::path levelsFile() { return dataFolder() / "engines.json"; }

nlohmann::json readLevels() {
    if (!std::filesystem::is_regular_file(levelsFile())) return nlohmann::json::object();
    auto json = nlohmann::json::parse(readFile(levelsFile(), 1 << 20), nullptr, false);
    return json.is_object() ? json : nlohmann::json::object(); // a damaged list only means testing again
}

} // namespace

int storedLevel(const std::string& fingerprint) {
    const auto levels = readLevels();
    const auto found = levels.find(fingerprint + "/" + promptsSha256().substr(0, 16));
    return found != levels.end() && found->is_number_integer() ? std::clamp(found->get<int>(), 0, 2) : 0;
}

void storeLevel(const std::string& fingerprint, int level) {
    auto levels = readLevels();
    levels[fingerprint + "/" + promptsSha256().substr(0, 16)] = level;
    writeFileAtomically(levelsFile(), levels.dump(1) + '\n', 0600);
}

} // namespace app
