// Settings: one struct, one JSON file (settings.json in the user's configuration folder). Keys that this version does
// not know are kept when it saves. Endpoints say where the key is: the key ring, an environment variable or a 0600 file; the
// key itself is never in a Settings, a session, a log or an export. Main thread; values are copied to jobs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace app {

struct Endpoint {
    std::string name;        // what --engine says
    std::string url;         // "https://api.deepseek.com"
    std::string model;       // "deepseek-flash"
    std::string keyVariable; // environment variable that holds the key
    std::string keyFile;     // or a file only its owner may read
    bool keyInRing = false;  // or the system's key ring, under the address (backend/keyring.h)
    std::string caFile;      // extra certificate authority, PEM; empty = the system's
    std::string priceId;     // id in prices.json; empty = unknown price
    std::string dialect;     // how thinking is asked for: "deepseek", "vllm", "plain"; empty = by host
    std::int64_t window = 0; // tokens; 0 = ask the endpoint
    std::int64_t maxOutput = 0;
    int level = 0;           // what it has proved able to do (agent.md 2)
    int parallel = 4;        // branches at once
};

struct Settings {
    std::string engine;          // none, built-in, a model folder, an endpoint's name; empty = nothing was chosen
    std::vector<Endpoint> endpoints;
    std::string effort = "high"; // low, high, max
    bool thinking = true;
    bool offline = false;
    std::string budget;          // decimal money, empty = none
    int maxMinutes = 0;          // 0 = none
    int maxOutput = 0;           // tokens a call, 0 = the engine's
    int reservePercent = 16;
    std::uint64_t maxTextFile = 400'000;
    int maxPdfPages = 10'000;
    std::string ocr = "off", ocrLanguages = "eng+deu";
    std::string secrets;         // block, mask, allow; empty = block for remote, allow for embedded
    std::string pricesFile;      // empty = the user's imported table if there is one, else the shipped one
    std::string shelfFolder;     // snapshots; empty = the cache folder
    std::uint64_t shelfBytes = 40ull * 1000 * 1000 * 1000;
    std::vector<std::string> confirmedHosts;
    std::string language, reportLanguage; // BCP 47; empty = the system's
    std::string theme = "system";         // system, light, dark, high-contrast
    int scalePercent = 100;
    bool reducedMotion = false;
    std::string unknown;         // JSON object of keys this version does not know

    const Endpoint* endpoint(const std::string& name) const;
    // The engine, or what stands for it where nothing was chosen: "built-in" where its weights are, else "none".
    std::string chosenEngine() const;
};

std::filesystem::path settingsFile();
// Missing file: defaults. A file that is not valid throws a sentence with the place in it; it is never overwritten.
Settings loadSettings(const std::filesystem::path& file = settingsFile());
Settings parseSettings(const std::string& json, const std::string& what);
std::string formatSettings(const Settings& settings);
void saveSettings(const Settings& settings, const std::filesystem::path& file = settingsFile());

} // namespace app
