#include "app/settings.h"

#include "app/resources.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

// One walk over the fields serves reading and writing, so that the two cannot drift apart.
template <typename Each> void eachField(Endpoint& e, Each each) {
    each("name", e.name);
    each("url", e.url);
    each("model", e.model);
    each("key_variable", e.keyVariable);
    each("key_file", e.keyFile);
    each("key_in_ring", e.keyInRing);
    each("ca_file", e.caFile);
    each("price", e.priceId);
    each("dialect", e.dialect);
    each("window", e.window);
    each("max_output", e.maxOutput);
    each("level", e.level);
    each("parallel", e.parallel);
}

template <typename Each> void eachField(Settings& s, Each each) {
    each("engine", s.engine);
    each("effort", s.effort);
    each("thinking", s.thinking);
    each("offline", s.offline);
    each("budget", s.budget);
    each("max_minutes", s.maxMinutes);
    each("max_output", s.maxOutput);
    each("reserve_percent", s.reservePercent);
    each("max_text_file", s.maxTextFile);
    each("max_pdf_pages", s.maxPdfPages);
    each("ocr", s.ocr);
    each("ocr_languages", s.ocrLanguages);
    each("secrets", s.secrets);
    each("prices_file", s.pricesFile);
    each("shelf_folder", s.shelfFolder);
    each("shelf_bytes", s.shelfBytes);
    each("confirmed_hosts", s.confirmedHosts);
    each("language", s.language);
    each("report_language", s.reportLanguage);
    each("theme", s.theme);
    each("scale_percent", s.scalePercent);
    each("reduced_motion", s.reducedMotion);
}

template <typename Struct> void readFields(Struct& into, Json& object, const std::string& what, const std::string& where) {
    eachField(into, [&](const char* key, auto& field) {
        const auto found = object.find(key);
        if (found == object.end())
            return;
        using Field = std::decay_t<decltype(field)>;
        bool fits;
        if constexpr (std::is_same_v<Field, bool>)
            fits = found->is_boolean();
        else if constexpr (std::is_same_v<Field, std::string>)
            fits = found->is_string();
        else if constexpr (std::is_integral_v<Field>)
            fits = found->is_number_unsigned() || (found->is_number_integer() && std::is_signed_v<Field>);
        else
            fits = found->is_array() &&
                   std::all_of(found->begin(), found->end(), [](const Json& item) { return item.is_string(); });
        if (!fits)
            throw std::runtime_error(what + ": \"" + where + key + "\" has the wrong type: correct it or remove it.");
        field = found->template get<Field>();
        object.erase(key);
    });
}

void checkRanges(const Settings& s, const std::string& what) {
    const auto oneOf = [&](const char* key, const std::string& value, std::initializer_list<const char*> allowed) {
        std::string list;
        for (const char* a : allowed) {
            if (value == a)
                return;
            list += std::string(list.empty() ? "" : ", ") + (*a ? a : "\"\"");
        }
        throw std::runtime_error(what + ": \"" + key + "\" is \"" + value + "\": use one of " + list + ".");
    };
    oneOf("effort", s.effort, {"low", "high", "max"});
    oneOf("ocr", s.ocr, {"off", "missing"});
    oneOf("secrets", s.secrets, {"", "block", "mask", "allow"});
    oneOf("theme", s.theme, {"system", "light", "dark", "high-contrast"});
    if (s.reservePercent < 12 || s.reservePercent > 90)
        throw std::runtime_error(what + ": \"reserve_percent\" must lie between 12 and 90.");
    if (s.maxPdfPages < 1 || s.maxMinutes < 0 || s.maxOutput < 0 || s.maxTextFile < 1)
        throw std::runtime_error(what + ": a limit is negative or zero: correct it or remove it.");
    for (const Endpoint& e : s.endpoints)
        if (e.name.empty() || e.url.empty() || e.model.empty())
            throw std::runtime_error(what + ": an endpoint needs name, url and model.");
}

} // namespace

const Endpoint* Settings::endpoint(const std::string& name) const {
    for (const Endpoint& e : endpoints)
        if (e.name == name)
            return &e;
    return nullptr;
}

std::string Settings::chosenEngine() const {
    return !engine.empty() ? engine : hasBuiltInModel() ? "built-in" : "none";
}

fs::path settingsFile() {
    return configFolder() / "settings.json";
}

Settings parseSettings(const std::string& text, const std::string& what) {
    Json object;
    try {
        object = Json::parse(text);
    } catch (const Json::parse_error& error) {
        throw std::runtime_error(what + " is not valid JSON (at byte " + std::to_string(error.byte) +
                                 "): correct it or move it away.");
    }
    if (!object.is_object())
        throw std::runtime_error(what + " does not hold a JSON object: correct it or move it away.");
    Settings settings;
    readFields(settings, object, what, "");
    if (const auto list = object.find("endpoints"); list != object.end()) {
        if (!list->is_array())
            throw std::runtime_error(what + ": \"endpoints\" is not a list.");
        for (Json& item : *list) {
            if (!item.is_object())
                throw std::runtime_error(what + ": an endpoint is not an object.");
            for (const char* secret : {"key", "api_key", "token"})
                if (item.contains(secret))
                    throw std::runtime_error(what + ": an endpoint holds a key: put it into an environment variable "
                                                    "(\"key_variable\") or a file of mode 0600 (\"key_file\").");
            Endpoint endpoint;
            readFields(endpoint, item, what, "endpoints.");
            settings.endpoints.push_back(std::move(endpoint));
        }
        object.erase("endpoints");
    }
    checkRanges(settings, what);
    if (!object.empty())
        settings.unknown = object.dump();
    return settings;
}

std::string formatSettings(const Settings& given) {
    Settings settings = given; // eachField takes references for both directions
    Json object = Json::object();
    eachField(settings, [&](const char* key, auto& field) { object[key] = field; });
    object["endpoints"] = Json::array();
    for (Endpoint& endpoint : settings.endpoints) {
        Json item = Json::object();
        eachField(endpoint, [&](const char* key, auto& field) { item[key] = field; });
        object["endpoints"].push_back(std::move(item));
    }
    if (!settings.unknown.empty()) {
        const Json unknown = Json::parse(settings.unknown); // items() borrows: it must outlive the loop
        for (const auto& [key, value] : unknown.items())
            if (!object.contains(key))
                object[key] = value;
    }
    return object.dump(2) + "\n";
}

Settings loadSettings(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error))
        return {};
    return parseSettings(readFile(file, 4 << 20), file.string());
}

void saveSettings(const Settings& settings, const fs::path& file) {
    checkRanges(settings, "The settings");
    writeFileAtomically(file, formatSettings(settings), 0600);
}

} // namespace app
