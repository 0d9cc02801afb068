#include "app/backend/model_folder.h"

#include "app/resources.h"
#include "engine/config.h"
#include "engine/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace app {

ModelWords modelWords(const std::filesystem::path& model) {
    ModelWords words;
    const std::filesystem::path folder = std::filesystem::is_directory(model) ? model : model.parent_path();
    words.name = std::filesystem::weakly_canonical(model).filename().string();
    const std::filesystem::path file = folder / "lectern.json";
    if (!std::filesystem::is_regular_file(file)) return words;
    const auto json = nlohmann::json::parse(readFile(file, 1 << 16), nullptr, false);
    if (!json.is_object())
        throw std::runtime_error("The file " + file.string() + " is no JSON object; correct or remove it.");
    const auto text = [&](const char* key, std::string& into) {
        if (json.contains(key) && json[key].is_string()) into = json[key].get<std::string>().substr(0, 400);
    };
    text("name", words.name);
    text("note", words.note);
    words.demo = json.contains("demo") && json["demo"] == true;
    return words;
}

ChosenTokenizer chooseTokenizer(const std::string& tokenizerText, int vocabulary) {
    ChosenTokenizer chosen;
    if (!tokenizerText.empty()) {
        chosen.tokenizer = engine::Tokenizer::fromJson(tokenizerText);
    } else if (vocabulary >= 129280) {
        chosen.tokenizer = engine::Tokenizer::fromFolder(resourcesFolder() / "tokenizer");
    } else {
        chosen.tokenizer = engine::Tokenizer::bytesOnly(vocabulary);
        chosen.note = "no tokenizer of its own: it reads and writes single bytes";
    }
    if (chosen.tokenizer->size() > vocabulary)
        throw std::runtime_error("The tokenizer has " + std::to_string(chosen.tokenizer->size()) + " tokens and the model " +
                                 std::to_string(vocabulary) + ": they do not belong together.");
    return chosen;
}

std::uint64_t availableMemory() {
    std::ifstream in("/proc/meminfo");
    for (std::string key, unit; in >> key;) {
        std::uint64_t value = 0;
        if (!(in >> value)) break;
        std::getline(in, unit);
        if (key == "MemAvailable:") return value * 1024;
    }
    return 0;
}

std::int64_t windowFor(const engine::ModelConfig& config, std::uint64_t bytes) {
    std::int64_t low = 0, high = config.maxPositions;
    while (low < high) {
        const std::int64_t middle = low + (high - low + 1) / 2;
        if (static_cast<std::uint64_t>(config.cacheBytes(middle, false)) <= bytes) low = middle;
        else high = middle - 1;
    }
    return low;
}

} // namespace app
