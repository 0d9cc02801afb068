#include "app/cli/events.h"

#include <cstdio>
#include <ctime>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

constexpr auto mergeInterval = std::chrono::milliseconds(100);

std::string timeNow() {
    const auto at = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                  utc.tm_hour, utc.tm_min, utc.tm_sec,
                  int(std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count() % 1000));
    return text;
}

} // namespace

EventWriter::EventWriter(std::function<void(const std::string&)> sink) : m_sink(std::move(sink)) {}

EventWriter::~EventWriter() = default;

void EventWriter::setRun(const std::string& id) {
    const std::lock_guard lock(m_mutex);
    m_run = id;
}

void EventWriter::write(const std::string& type, const Json& fields) {
    Json line = {{"v", 1}, {"seq", ++m_sequence}, {"t", timeNow()}, {"run", m_run}, {"type", type}};
    for (const auto& [key, value] : fields.items())
        line[key] = value;
    m_sink(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void EventWriter::started(const std::string& goal, const std::string& session, const std::string& resumedFrom) {
    const std::lock_guard lock(m_mutex);
    if (!m_sink || m_started)
        return;
    m_started = true;
    write("run.started", {{"goal", goal}, {"session", session}, {"resumed", resumedFrom.empty() ? Json(nullptr) : Json(resumedFrom)}});
}

void EventWriter::flushHeld() {
    for (auto& [key, held] : m_merged)
        if (held.waiting) {
            held.waiting = false;
            write(key.substr(0, key.find('\n')), held.fields);
        }
}

void EventWriter::finished(const std::string& status, int exit, const std::vector<std::string>& conditions) {
    const std::lock_guard lock(m_mutex);
    if (!m_sink || m_finished)
        return;
    started(m_goal, {});
    flushHeld();
    m_finished = true;
    write("run.finished", {{"status", status}, {"exit", exit}, {"conditions", conditions}});
}

void EventWriter::send(const std::string& type, Json fields) {
    const std::lock_guard lock(m_mutex);
    if (!m_sink || m_finished)
        return;
    started(m_goal, {});
    if (type != "stage" && type != "cost.update") {
        flushHeld(); // the order of what was said is kept
        write(type, fields);
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    Held& held = m_merged[type + "\n" + (fields.contains("name") ? fields["name"].dump() : std::string())];
    if (now - held.last >= mergeInterval) {
        held.last = now;
        held.waiting = false;
        write(type, fields);
    } else {
        held.fields = std::move(fields);
        held.waiting = true;
    }
}

void EventWriter::warning(const std::string& what, const std::string& about, const std::string& cure) {
    Json fields = {{"what", what}, {"about", about}};
    if (!cure.empty())
        fields["cure"] = cure;
    send("warning", std::move(fields));
}

} // namespace app::cli
