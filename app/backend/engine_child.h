// EngineChild: one run of the engine process: started, talked to in lines, ended. A thread of its own starts it and
// reads, and lives as long as the child: the kernel ends the child with the thread that made it. Any thread may call.
#pragma once

#include "app/backend/embedded_engine.h"
#include "app/backend/line_socket.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace app {

class EngineChild {
public:
    // Throws BackendError(Configuration) when it cannot be started.
    EngineChild(const std::filesystem::path& program, const EmbeddedOptions& options);
    ~EngineChild(); // ends it

    bool send(const std::string& line);
    std::optional<std::string> nextLine(std::chrono::milliseconds wait); // nothing: none came in time, or it has ended
    bool running() const;
    void kill(const std::string& why);
    std::string ending() const; // "killed by signal 9", for a sentence; waits for the end
    int processId() const { return m_process; }

private:
    void work(std::vector<std::string> arguments, int childEnd);
    bool reap(int process);

    std::unique_ptr<LineSocket> m_socket;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::deque<std::string> m_lines;
    int m_process = 0;
    int m_startError = -1; // errno of the start; -1 = not tried yet
    bool m_ended = false;
    std::string m_ending, m_killedFor;
    std::jthread m_thread;
};

} // namespace app
