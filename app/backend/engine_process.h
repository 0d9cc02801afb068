// EngineProcess: the embedded engine as a Backend in a child process (`lectern engine serve`), so that a fault, an
// out-of-memory kill or a hostile checkpoint costs the current chunk and never the program. No network, no key: the
// child gets a short environment, one socket and nothing else that is open. A child that ends is started again once per
// request and goes on behind the tokens that had arrived; the second time the request fails with BrokeOff.
// JSON lines to the child: {"type":"generate","request":…,"sampled":[…]}, {"type":"stop"}. From it: "hello" with info,
// "alive" every two seconds, "event", "token" with the events it caused, "reply", "error". Requests queue; any thread.
#pragma once

#include "app/backend/backend.h"
#include "app/backend/embedded_engine.h"

#include <filesystem>
#include <memory>
#include <mutex>

namespace app {

struct ProcessOptions {
    EmbeddedOptions engine;
    std::filesystem::path program; // lectern; empty = beside the running program
    int restarts = 1;              // per request
};

class EngineProcess : public Backend {
public:
    explicit EngineProcess(ProcessOptions options);
    ~EngineProcess() override;

    BackendInfo info() override; // starts the child on first use
    std::shared_ptr<const TokenCounter> counter() override;
    Reply generate(const Request& request, const std::function<void(const Event&)>& onEvent, std::stop_token stop) override;

    int processId() const; // of the child; 0 = none runs

private:
    class Child;
    struct Progress;
    bool running() const;
    Child& child();
    bool converse(Progress& progress, const std::function<void(const Event&)>& onEvent, std::stop_token stop);

    ProcessOptions m_options;
    std::mutex m_mutex;               // one request at a time
    mutable std::mutex m_childMutex;  // guards the pointer
    std::unique_ptr<Child> m_child;
    BackendInfo m_info;
    bool m_known = false;
    std::string m_tokenizer; // its name, and the rows it serves
    int m_vocabulary = 0;
    std::shared_ptr<const TokenCounter> m_counter;
};

// Where the program `lectern` lies: beside the running one, or in the bin folder beside its folder. Throws when nowhere.
std::filesystem::path lecternProgram();

} // namespace app
