#include "app/prices.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

// Builds a document while keeping what a double would lose.
class DecimalSax : public nlohmann::json_sax<Json> {
public:
    Json root;
    std::string error;

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t, const string_t& text) override { return put(text); }
    bool string(string_t& text) override { return put(text); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool key(string_t& text) override {
        m_keys.back() = text;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        error = "at byte " + std::to_string(position);
        return false;
    }

private:
    Json* place(Json value) {
        if (m_open.empty()) {
            root = std::move(value);
            return &root;
        }
        Json& parent = *m_open.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[m_keys.back()] = std::move(value));
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (m_open.size() >= 64) {
            error = "nested too deeply";
            return false;
        }
        m_open.push_back(place(std::move(value)));
        m_keys.emplace_back();
        return true;
    }
    bool close() {
        m_open.pop_back();
        m_keys.pop_back();
        return true;
    }
    std::vector<Json*> m_open;
    std::vector<std::string> m_keys;
};

std::string numberText(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.is_number_integer() ? value.dump() : std::string();
}

int rank(const std::string& confidence) {
    return confidence == "A" ? 0 : confidence == "B" ? 1 : confidence == "C" ? 2 : 3;
}

std::string best(const Json& model) {
    std::string found = "D";
    for (const Json& row : model.value("prices", Json::array()))
        if (const std::string c = row.value("confidence", std::string("D")); rank(c) < rank(found))
            found = c;
    return found;
}

// One model in our format from per-token or per-million numbers of a foreign list.
Json foreignModel(const std::string& id, const std::string& provider, int shift, const Json& from, const char* uncached,
                  const char* cached, const char* write, const char* output, const std::string& source,
                  const std::string& retrieved) {
    Json row = Json::object();
    for (const auto& [ours, theirs] : {std::pair{"uncached", uncached}, {"cached", cached}, {"cache_write", write}, {"output", output}})
        if (theirs && from.contains(theirs))
            if (const auto rate = parseDecimal(numberText(from[theirs]), shift); rate && *rate >= 0)
                row[ours] = formatRate(*rate);
    if (!row.contains("uncached") || !row.contains("output"))
        return nullptr;
    row["source"] = source;
    row["retrieved"] = retrieved;
    row["confidence"] = "C";
    return Json{{"id", id}, {"name", id}, {"provider", provider}, {"names", Json::array({id})}, {"prices", Json::array({row})}};
}

Json incomingModels(const Json& file, const std::string& source, const std::string& retrieved) {
    if (file.is_object() && file.value("schema", Json()) == "lectern.prices/1")
        return file.value("models", Json::array());
    Json models = Json::array();
    const auto add = [&](Json model) {
        if (!model.is_null())
            models.push_back(std::move(model));
    };
    if (file.is_object() && file.contains("data") && file["data"].is_array()) { // OpenRouter: money per token
        for (const Json& item : file["data"])
            if (item.is_object() && item.contains("id") && item["id"].is_string() && item.contains("pricing"))
                add(foreignModel(item["id"], "OpenRouter", 12, item["pricing"], "prompt", "input_cache_read", "input_cache_write",
                                 "completion", source, retrieved));
    } else if (file.is_object() && file.contains("prices") && file["prices"].is_array()) { // llm-prices: per million
        for (const Json& item : file["prices"])
            if (item.is_object() && item.contains("id") && item["id"].is_string())
                add(foreignModel(item["id"], item.value("vendor", std::string("unknown")), 6, item, "input", "input_cached", nullptr,
                                 "output", source, retrieved));
    } else if (file.is_object()) { // litellm: a map of money per token
        for (const auto& [id, item] : file.items())
            if (item.is_object() && item.contains("input_cost_per_token"))
                add(foreignModel(id, item.value("litellm_provider", std::string("unknown")), 12, item, "input_cost_per_token",
                                 "cache_read_input_token_cost", "cache_creation_input_token_cost", "output_cost_per_token", source,
                                 retrieved));
    }
    return models;
}

} // namespace

Json parseDecimalJson(const std::string& text, const std::string& what) {
    DecimalSax sax;
    if (!Json::sax_parse(text, &sax))
        throw std::runtime_error(what + " is not valid JSON (" + sax.error + "): correct it or name another file.");
    return std::move(sax.root);
}

std::optional<std::int64_t> parseDecimal(const std::string& text, int shift) {
    std::size_t i = 0;
    const bool negative = i < text.size() && text[i] == '-';
    i += negative || (i < text.size() && text[i] == '+');
    __int128 value = 0;
    int digits = 0, behindPoint = 0;
    bool point = false;
    for (; i < text.size() && (std::isdigit(static_cast<unsigned char>(text[i])) || (text[i] == '.' && !point)); ++i) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        if (value > (__int128(1) << 100))
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
        ++digits;
        behindPoint += point;
    }
    int exponent = 0;
    if (digits == 0)
        return std::nullopt;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        const bool down = i + 1 < text.size() && text[i + 1] == '-';
        i += 1 + (down || (i + 1 < text.size() && text[i + 1] == '+'));
        if (i >= text.size() || text.size() - i > 3)
            return std::nullopt;
        for (; i < text.size(); ++i) {
            if (!std::isdigit(static_cast<unsigned char>(text[i])))
                return std::nullopt;
            exponent = exponent * 10 + (text[i] - '0');
        }
        exponent = down ? -exponent : exponent;
    }
    if (i != text.size())
        return std::nullopt;
    int power = shift - behindPoint + exponent;
    for (; power > 0 && value != 0; --power) {
        value *= 10;
        if (value > INT64_MAX)
            return std::nullopt;
    }
    for (; power < 0 && value != 0; ++power) {
        if (value % 10 != 0)
            return std::nullopt; // finer than we count
        value /= 10;
    }
    if (value > INT64_MAX)
        return std::nullopt;
    return negative ? -std::int64_t(value) : std::int64_t(value);
}

std::string formatRate(std::int64_t rate) {
    std::string digits = std::to_string(rate < 0 ? -rate : rate);
    if (digits.size() < 7)
        digits.insert(0, 7 - digits.size(), '0');
    digits.insert(digits.size() - 6, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.')
        digits.pop_back();
    return (rate < 0 ? "-" : "") + digits;
}

std::vector<PriceWarning> checkPrices(const PriceTable& table, UtcSeconds on) {
    constexpr UtcSeconds day = 86'400;
    std::vector<PriceWarning> warnings;
    for (const std::string& id : table.ids()) {
        UtcSeconds newest = 0;
        bool current = false;
        for (const PriceRow& row : table.rows())
            if (row.id == id) {
                newest = std::max(newest, parseTime(row.retrieved, on).value_or(0));
                current |= row.from <= on && on < row.to;
            }
        if (!current)
            warnings.push_back({id, "has no price for " + formatTime(on).substr(0, 10)});
        else if (on - newest > 60 * day)
            warnings.push_back({id, "was last looked up on " + formatTime(newest).substr(0, 10) + ", " +
                                        std::to_string((on - newest) / day) + " days before " + formatTime(on).substr(0, 10)});
    }
    for (const PriceCalendar& calendar : table.calendars())
        if (const std::string year = formatTime(on).substr(0, 4);
            calendar.weekendsFreeFrom < on &&
            std::none_of(calendar.holidays.begin(), calendar.holidays.end(), [&](const auto& d) { return d.starts_with(year); }))
            warnings.push_back({calendar.name, "the calendar names no public holiday of " + year});
    return warnings;
}

PriceImport importPrices(const std::string& current, const std::string& incoming, const std::string& source,
                         const std::string& retrieved) {
    Json table = parseDecimalJson(current, "The price table in use");
    const Json file = parseDecimalJson(incoming, source);
    const Json models = incomingModels(file, source, retrieved);
    if (!models.is_array() || models.empty())
        throw std::runtime_error(source + " holds no prices in a format that is known here (ours, litellm, OpenRouter, llm-prices).");
    PriceImport result;
    for (const Json& model : models) {
        if (!model.is_object() || !model.contains("id") || !model["id"].is_string())
            throw std::runtime_error(source + ": a model has no id.");
        const std::string id = model["id"];
        const auto same = std::find_if(table["models"].begin(), table["models"].end(),
                                       [&](const Json& other) { return other.value("id", std::string()) == id; });
        if (same == table["models"].end()) {
            table["models"].push_back(model);
            result.added.push_back(id);
        } else if (rank(best(model)) > rank(best(*same))) {
            result.refused.push_back(id + ": the table holds confidence " + best(*same) + ", the file only " + best(model));
        } else if (*same != model) {
            *same = model;
            result.replaced.push_back(id);
        }
    }
    if (file.is_object() && file.value("schema", Json()) == "lectern.prices/1" && file.contains("calendars"))
        table["calendars"] = file["calendars"];
    if (!result.added.empty() || !result.replaced.empty())
        table["as_of"] = retrieved;
    result.table = table.dump(1) + "\n";
    (void)PriceTable::parse(result.table, source); // what we would write must be readable
    return result;
}

} // namespace app
