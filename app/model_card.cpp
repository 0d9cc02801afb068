#include "app/model_card.h"

#include "app/resources.h"

#include <nlohmann/json.hpp>

namespace app {

ModelCard modelCard(const std::filesystem::path& folder) {
    ModelCard card;
    std::error_code error;
    if (const auto file = folder / "card.txt"; std::filesystem::is_regular_file(file, error))
        card.text = readFile(file, 1 << 16);
    while (!card.text.empty() && card.text.back() == '\n') card.text.pop_back();
    const auto file = folder / "evaluation.json";
    if (!std::filesystem::is_regular_file(file, error)) return card;
    const auto json = nlohmann::json::parse(readFile(file, 1 << 22), nullptr, false);
    if (!json.is_object() || !json.contains("card") || !json["card"].is_array()) return card;
    for (const auto& row : json["card"]) {
        const auto text = [&](const char* key) {
            return row.is_object() && row.contains(key) && row[key].is_string() ? row[key].get<std::string>()
                                                                                : std::string();
        };
        card.rows.push_back({text("measure"), text("value"), text("baseline"), text("gate"), text("state")});
    }
    return card;
}

} // namespace app
