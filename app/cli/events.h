// Events: one JSON object per line while a command runs, {v, seq, t, run, type, …}. seq rises by one; run.started is
// first, run.finished last and exactly once, also after an error; `stage` and `cost.update` are merged to ten a second
// (the last one always arrives). The window consumes the same stream. Safe from several threads.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace app::cli {

class EventWriter {
public:
    EventWriter() = default;                                                // drops everything
    explicit EventWriter(std::function<void(const std::string& line)> sink); // gets whole lines, newline included
    ~EventWriter();

    bool enabled() const { return bool(m_sink); }
    void setRun(const std::string& id);
    // Must come before any other event; ignored when it was said already.
    void started(const std::string& goal, const std::string& session, const std::string& resumedFrom = {});
    // Adds started() when an error came before it. Ignored the second time.
    void finished(const std::string& status, int exit, const std::vector<std::string>& conditions);
    void send(const std::string& type, nlohmann::ordered_json fields = nlohmann::ordered_json::object());
    void warning(const std::string& what, const std::string& about = {}, const std::string& cure = {});

private:
    void write(const std::string& type, const nlohmann::ordered_json& fields);
    void flushHeld();
    std::function<void(const std::string&)> m_sink;
    std::recursive_mutex m_mutex;
    std::string m_run, m_goal = "none";
    std::uint64_t m_sequence = 0;
    bool m_started = false, m_finished = false;
    struct Held {
        nlohmann::ordered_json fields;
        bool waiting = false;
        std::chrono::steady_clock::time_point last;
    };
    std::map<std::string, Held> m_merged; // by type and stage name
};

} // namespace app::cli
