#include "app/cost.h"

#include "app/prices.h"
#include "app/resources.h"
#include "app/settings.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;

// --- time ---------------------------------------------------------------------------------------------------------

namespace {
constexpr UtcSeconds day = 86'400;

// Days from the civil date (proleptic Gregorian), after the well-known counting from 1 March.
std::int64_t daysFromCivil(std::int64_t y, unsigned m, unsigned d) {
    y -= m <= 2;
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const unsigned yearOfEra = unsigned(y - era * 400);
    const unsigned dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    const unsigned dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146'097 + std::int64_t(dayOfEra) - 719'468;
}
} // namespace

std::optional<UtcSeconds> parseTime(const std::string& text, UtcSeconds now) {
    int year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0, used = 0;
    const auto whole = [&] { return used > 0 && std::size_t(used) == text.size(); };
    const auto clock = [&]() -> bool { return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60; };
    if (text == "now")
        return now;
    if (std::sscanf(text.c_str(), "%2d:%2d%n", &hour, &minute, &used) == 2 && whole() && clock()) {
        UtcSeconds at = now - ((now % day) + day) % day + hour * 3600 + minute * 60;
        return at < now ? at + day : at; // the next such moment
    }
    hour = minute = used = 0;
    const bool matched =
        (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &date, &used) == 3 && whole()) ||
        (std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d%*1[Z]%n", &year, &month, &date, &hour, &minute, &used) == 5 && whole()) ||
        (std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d%n", &year, &month, &date, &hour, &minute, &used) == 5 && whole()) ||
        (std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%*1[Z]%n", &year, &month, &date, &hour, &minute, &second, &used) == 6 &&
         whole()) ||
        (std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%n", &year, &month, &date, &hour, &minute, &second, &used) == 6 && whole());
    if (!matched || month < 1 || month > 12 || date < 1 || date > 31 || year < 1970 || !clock())
        return std::nullopt;
    const UtcSeconds at = daysFromCivil(year, unsigned(month), unsigned(date)) * day + hour * 3600 + minute * 60 + second;
    // 31 February became March: no such day.
    return formatTime(at).substr(0, 10) == text.substr(0, 10) ? std::optional(at) : std::nullopt;
}

std::string formatTime(UtcSeconds time) {
    const std::time_t t = time;
    std::tm utc{};
    gmtime_r(&t, &utc);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                  utc.tm_hour, utc.tm_min, utc.tm_sec);
    return text;
}

UtcSeconds utcNow() {
    return std::time(nullptr);
}

// --- money --------------------------------------------------------------------------------------------------------

std::string Money::text() const {
    std::string digits = std::to_string(picoUnits < 0 ? -picoUnits : picoUnits);
    if (digits.size() < 13)
        digits.insert(0, 13 - digits.size(), '0');
    digits.insert(digits.size() - 12, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    // Money has at least two digits behind the point: 4.6 is written 4.60.
    while (digits.size() - digits.find('.') < 3)
        digits += '0';
    return (picoUnits < 0 ? "-" : "") + digits;
}

std::optional<Money> parseMoney(const std::string& decimal, const std::string& currency) {
    const auto value = parseDecimal(decimal, 12);
    if (!value)
        return std::nullopt;
    return Money{*value, currency};
}

std::optional<std::int64_t> parseRate(const std::string& perMillion) {
    return parseDecimal(perMillion, 6);
}

// --- the table ----------------------------------------------------------------------------------------------------

const char* toString(Band band) {
    return band == Band::Peak ? "peak" : band == Band::OffPeak ? "off-peak" : "flat";
}

bool PriceCalendar::isPeak(UtcSeconds at) const {
    const std::int64_t days = at / day;
    const int minute = int(at % day / 60);
    const int weekday = int((days + 4) % 7); // 1970-01-01 was a Thursday; 0 = Sunday
    if (at >= weekendsFreeFrom) {
        if (weekday == 0 || weekday == 6)
            return false;
        const std::string date = formatTime(at).substr(0, 10);
        if (std::find(holidays.begin(), holidays.end(), date) != holidays.end())
            return false;
    }
    return std::any_of(peak.begin(), peak.end(),
                       [&](const Window& w) { return minute >= w.fromMinute && minute < w.toMinute; });
}

namespace {

std::string textOf(const Json& object, const char* key, const std::string& fallback = {}) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : fallback;
}

std::int64_t integerOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::optional<std::int64_t> rateOf(const Json& object, const char* key, const std::string& what) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return std::nullopt;
    const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    const auto rate = parseRate(text);
    // 10^8 a million tokens is far above every price and keeps the products inside 128 bits.
    if (!rate || *rate < 0 || *rate > 100'000'000'000'000)
        throw std::runtime_error(what + ": \"" + key + "\" is \"" + text + "\", not an amount per million tokens.");
    return rate;
}

UtcSeconds timeOf(const Json& object, const char* key, UtcSeconds fallback, const std::string& what) {
    const std::string text = textOf(object, key);
    if (text.empty())
        return fallback;
    const auto at = parseTime(text, 0);
    if (!at)
        throw std::runtime_error(what + ": \"" + key + "\" is \"" + text + "\", not a time such as 2026-08-16T16:00:00Z.");
    return *at;
}

PriceCalendar readCalendar(const Json& object, const std::string& what) {
    PriceCalendar calendar;
    calendar.name = textOf(object, "name");
    for (const Json& item : object.value("peak", Json::array())) {
        int h1, m1, h2, m2;
        if (!item.is_string() || std::sscanf(item.get<std::string>().c_str(), "%2d:%2d-%2d:%2d", &h1, &m1, &h2, &m2) != 4)
            throw std::runtime_error(what + ": a peak window of the calendar " + calendar.name + " is not \"01:00-04:00\".");
        calendar.peak.push_back({h1 * 60 + m1, h2 * 60 + m2});
    }
    calendar.weekendsFreeFrom = timeOf(object, "weekends_free_from", INT64_MAX, what);
    for (const Json& item : object.value("holidays", Json::array()))
        if (item.is_string())
            calendar.holidays.push_back(item.get<std::string>());
    return calendar;
}

PriceRow readRow(const Json& model, const Json& price, const std::string& what) {
    PriceRow row;
    row.id = textOf(model, "id");
    const std::string where = what + ", " + row.id;
    row.name = textOf(model, "name", row.id);
    row.provider = textOf(model, "provider");
    for (const Json& name : model.value("names", Json::array()))
        if (name.is_string())
            row.models.push_back(name.get<std::string>());
    row.currency = textOf(model, "currency", "USD");
    row.window = integerOf(model, "window");
    row.maxOutput = integerOf(model, "max_output");
    if (const std::string factor = textOf(model, "token_factor"); !factor.empty()) {
        const auto permille = parseDecimal(factor, 3);
        if (!permille || *permille < 100 || *permille > 10'000)
            throw std::runtime_error(where + ": \"token_factor\" is \"" + factor + "\", not a factor such as 1.35.");
        row.tokenPermille = *permille;
    }
    row.from = timeOf(price, "from", 0, where);
    row.to = timeOf(price, "to", INT64_MAX, where);
    const std::string band = textOf(price, "band", "flat");
    if (band != "flat" && band != "peak" && band != "off-peak")
        throw std::runtime_error(where + ": \"band\" is \"" + band + "\": use flat, peak or off-peak.");
    row.band = band == "peak" ? Band::Peak : band == "off-peak" ? Band::OffPeak : Band::Flat;
    row.calendar = row.band == Band::Flat ? "" : textOf(model, "calendar");
    row.abovePrompt = integerOf(price, "above_prompt");
    row.uncached = rateOf(price, "uncached", where);
    row.cached = rateOf(price, "cached", where);
    row.cacheWrite = rateOf(price, "cache_write", where);
    row.output = rateOf(price, "output", where);
    row.source = textOf(price, "source");
    row.retrieved = textOf(price, "retrieved");
    row.confidence = textOf(price, "confidence", "C");
    row.note = textOf(price, "note");
    if (row.source.empty() || !parseTime(row.retrieved, 0))
        throw std::runtime_error(where + ": a price needs its source and the date it was retrieved.");
    if (row.from >= row.to)
        throw std::runtime_error(where + ": a price ends before it begins.");
    return row;
}

} // namespace

PriceTable PriceTable::parse(const std::string& json, const std::string& what) {
    const Json file = parseDecimalJson(json, what);
    if (!file.is_object() || textOf(file, "schema") != "lectern.prices/1" || !file.contains("models") || !file["models"].is_array())
        throw std::runtime_error(what + " is not a price table (schema lectern.prices/1).");
    PriceTable table;
    table.m_asOf = textOf(file, "as_of");
    for (const Json& calendar : file.value("calendars", Json::array()))
        table.m_calendars.push_back(readCalendar(calendar, what));
    for (const Json& model : file["models"]) {
        if (!model.is_object() || textOf(model, "id").empty() || !model.contains("prices") || !model["prices"].is_array())
            throw std::runtime_error(what + ": a model has no id or no list of prices.");
        for (const Json& price : model["prices"]) {
            PriceRow row = readRow(model, price, what);
            if (!row.calendar.empty() && std::none_of(table.m_calendars.begin(), table.m_calendars.end(),
                                                      [&](const PriceCalendar& c) { return c.name == row.calendar; }))
                throw std::runtime_error(what + ", " + row.id + ": the calendar \"" + row.calendar + "\" is not in the file.");
            table.m_rows.push_back(std::move(row));
        }
    }
    return table;
}

std::vector<std::string> PriceTable::ids() const {
    std::vector<std::string> all;
    for (const PriceRow& row : m_rows)
        if (all.empty() || all.back() != row.id)
            all.push_back(row.id);
    return all;
}

namespace {
template <typename Rows, typename Fits> const PriceRow* highestTier(const Rows& rows, const Fits& fits) {
    const PriceRow* best = nullptr;
    for (const PriceRow& row : rows)
        if (fits(row) && (!best || row.abovePrompt > best->abovePrompt))
            best = &row;
    return best;
}
bool names(const PriceRow& row, const std::string& model) {
    return std::find(row.models.begin(), row.models.end(), model) != row.models.end();
}
} // namespace

const PriceRow* PriceTable::find(const std::string& id, UtcSeconds at, std::int64_t prompt, Band band) const {
    const auto bills = [&](const PriceRow& row) {
        return row.from <= at && at < row.to && (row.abovePrompt == 0 || prompt > row.abovePrompt) &&
               (row.band == Band::Flat || row.band == band);
    };
    if (const PriceRow* byId = highestTier(m_rows, [&](const PriceRow& row) { return row.id == id && bills(row); }))
        return byId;
    return highestTier(m_rows, [&](const PriceRow& row) { return names(row, id) && bills(row); });
}

const PriceRow* PriceTable::find(const std::string& id, UtcSeconds at, std::int64_t prompt) const {
    for (const Band band : {Band::Peak, Band::OffPeak}) {
        const PriceRow* row = find(id, at, prompt, band);
        if (!row || row->band == Band::Flat)
            return row;
        const auto calendar = std::find_if(m_calendars.begin(), m_calendars.end(),
                                           [&](const PriceCalendar& c) { return c.name == row->calendar; });
        const bool peak = calendar != m_calendars.end() && calendar->isPeak(at);
        if (peak == (band == Band::Peak))
            return row;
    }
    return nullptr;
}

bool PriceTable::hasPeak(const std::string& id, UtcSeconds at) const {
    const PriceRow* row = find(id, at, 0, Band::Peak);
    return row && row->band == Band::Peak;
}

PriceTable loadPrices(const Settings& settings) {
    if (!settings.pricesFile.empty())
        return PriceTable::parse(readFile(settings.pricesFile, 64 << 20), settings.pricesFile);
    std::error_code error;
    if (const auto own = dataFolder() / "prices.json"; std::filesystem::exists(own, error))
        return PriceTable::parse(readFile(own, 64 << 20), own.string());
    return PriceTable::parse(readResource("prices.json"), "The shipped price table");
}

// --- products -----------------------------------------------------------------------------------------------------

std::optional<Money> priceOf(const PriceRow& row, const Usage& usage) {
    if ((usage.inputUncached > 0 && !row.uncached) || (usage.output > 0 && !row.output))
        return std::nullopt;
    const auto cached = row.cached ? row.cached : row.uncached; // an upper bound, said in the assumptions
    if (usage.inputCached > 0 && !cached)
        return std::nullopt;
    __int128 sum = 0;
    sum += __int128(usage.inputUncached) * row.uncached.value_or(0);
    sum += __int128(usage.inputCached) * cached.value_or(0);
    sum += __int128(usage.output) * row.output.value_or(0);
    if (sum > INT64_MAX || sum < 0)
        return std::nullopt;
    return Money{std::int64_t(sum), row.currency};
}

} // namespace app
