#include "app/backend/engine_process.h"

#include "app/backend/backend_json.h"
#include "app/backend/engine_child.h"
#include "app/backend/model_folder.h"
#include "app/resources.h"
#include "app/token_counter.h"

#include <chrono>

namespace app {

namespace {

using Cause = BackendError::Cause;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr auto glance = std::chrono::milliseconds(50);     // how often a stop is looked for
constexpr auto patience = std::chrono::seconds(5);         // a chunk may end before a stop is obeyed
constexpr auto silence = std::chrono::seconds(60);         // without a heartbeat it hangs
constexpr auto reading = std::chrono::minutes(30);         // loading 860 GB from a slow disk

} // namespace

class EngineProcess::Child : public EngineChild {
public:
    using EngineChild::EngineChild;
};

// What a request has given so far, over all the children that worked on it.
struct EngineProcess::Progress {
    const Request& request;
    std::vector<std::int32_t> sampled;
    std::string text, reasoning;
    Reply reply;
    std::string death; // how the child ended
    bool begun = false; // the child at hand has said something about this request
};

EngineProcess::EngineProcess(ProcessOptions options) : m_options(std::move(options)) {
    if (m_options.program.empty()) m_options.program = lecternProgram();
}

EngineProcess::~EngineProcess() = default;

int EngineProcess::processId() const {
    const std::lock_guard lock(m_childMutex);
    return m_child ? m_child->processId() : 0;
}

bool EngineProcess::running() const {
    const std::lock_guard lock(m_childMutex);
    return m_child && m_child->running();
}

// The running child, started and greeted if there is none. Throws when it cannot be had.
EngineProcess::Child& EngineProcess::child() {
    {
        const std::lock_guard lock(m_childMutex);
        if (m_child && m_child->running()) return *m_child;
        m_child.reset();
        m_child = std::make_unique<Child>(m_options.program, m_options.engine);
    }
    const auto deadline = Clock::now() + reading;
    for (;;) {
        const std::optional<std::string> line = m_child->nextLine(silence);
        if (!line)
            throw BackendError(Cause::BrokeOff, "The engine ended while it was loading the model (" + m_child->ending() + ").");
        const Json json = Json::parse(*line, nullptr, false);
        const std::string type = json.is_object() ? json.value("type", "") : "";
        if (type == "error") throw errorFromJson(json.at("error"));
        if (type == "hello") {
            m_info = infoFromJson(json.at("info"));
            m_known = true;
            m_tokenizer = json.value("tokenizer", "");
            m_vocabulary = json.value("vocabulary", 0);
            return *m_child;
        }
        if (Clock::now() > deadline) throw BackendError(Cause::Configuration, "The engine did not finish loading the model.");
    }
}

BackendInfo EngineProcess::info() {
    const std::lock_guard lock(m_mutex);
    if (!m_known) child();
    return m_info;
}

// The same vocabulary the child uses, read here once: a plan counts thousands of files.
std::shared_ptr<const TokenCounter> EngineProcess::counter() {
    const std::lock_guard lock(m_mutex);
    if (!m_known) child();
    if (m_counter) return m_counter;
    const std::filesystem::path own = m_options.engine.model / "tokenizer.json";
    const bool isOwn = m_tokenizer == "tokenizer.json";
    if (isOwn && !std::filesystem::is_regular_file(own)) return nullptr; // inside a GGUF file
    m_counter = makeExact(chooseTokenizer(isOwn ? readFile(own, std::size_t{128} << 20) : std::string(), m_vocabulary).tokenizer);
    return m_counter;
}

Reply EngineProcess::generate(const Request& request, const std::function<void(const Event&)>& onEvent, std::stop_token stop) {
    const std::lock_guard lock(m_mutex);
    const auto began = Clock::now();
    Progress progress{request, {}, {}, {}, {}, {}, false};
    for (int attempt = 0;; ++attempt) {
        bool finished = false;
        progress.begun = false;
        const bool idle = running(); // it has been waiting since an earlier request
        try {
            finished = converse(progress, onEvent, stop);
        } catch (const BackendError& error) {
            if (error.cause() != Cause::BrokeOff || attempt >= m_options.restarts || stop.stop_requested()) throw;
            progress.death = error.what();
        }
        if (finished) break;
        if (stop.stop_requested()) {
            progress.reply.finish = "stopped";
            break;
        }
        if (idle && !progress.begun) {
            --attempt; // it ended while nobody used it: no fault of this request
            continue;
        }
        if (attempt >= m_options.restarts)
            throw BackendError(Cause::BrokeOff, "The engine process ended again (" + progress.death + "), after it had been started anew; "
                                                "what was finished before is kept. Try a smaller window, or another model file.");
        Event event;
        event.type = Event::Type::State;
        event.text = "The engine process ended (" + progress.death + "); it is started again and goes on from the last snapshot.";
        if (onEvent) onEvent(event);
    }
    if (progress.reply.finish == "stopped" && progress.reply.message.sampled.empty()) {
        Message& message = progress.reply.message;
        message.role = Role::Assistant;
        message.text = progress.text;
        message.reasoning = progress.reasoning;
        message.sampled = progress.sampled;
        progress.reply.usage.output = static_cast<std::int64_t>(progress.sampled.size());
    }
    progress.reply.usage.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    return progress.reply;
}

// Asks the child and listens until the reply. False when the child ended, or did not obey a stop; an error it reports is
// thrown, and it lives on.
bool EngineProcess::converse(Progress& progress, const std::function<void(const Event&)>& onEvent, std::stop_token stop) {
    Child& child = this->child();
    const auto deliver = [&](const Json& json) {
        const Event event = eventFromJson(json);
        if (event.type == Event::Type::Text) progress.text += event.text;
        if (event.type == Event::Type::Reasoning) progress.reasoning += event.text;
        if (onEvent) onEvent(event);
    };
    bool alive = child.send(jsonLine({{"type", "generate"}, {"request", toJson(progress.request)}, {"sampled", progress.sampled}}));
    auto heard = Clock::now(), asked = Clock::time_point::max();
    while (alive) {
        if (stop.stop_requested() && asked == Clock::time_point::max()) {
            asked = Clock::now();
            child.send(jsonLine({{"type", "stop"}}));
        }
        const std::optional<std::string> text = child.nextLine(glance);
        if (!text) {
            if (!child.running()) break;
            if (asked != Clock::time_point::max() && Clock::now() - asked > patience) {
                child.kill("it did not stop when asked");
                break;
            }
            if (Clock::now() - heard > silence) {
                child.kill("it was silent for a minute");
                break;
            }
            continue;
        }
        heard = Clock::now();
        const Json json = Json::parse(*text, nullptr, false);
        const std::string type = json.is_object() ? json.value("type", "") : "";
        progress.begun |= type == "event" || type == "token";
        if (type == "event") {
            deliver(json.at("event"));
        } else if (type == "token") {
            progress.sampled.push_back(json.at("token").get<std::int32_t>());
            for (const Json& event : json.at("events")) deliver(event);
        } else if (type == "reply") {
            for (const Json& event : json.at("events")) deliver(event);
            progress.reply = replyFromJson(json.at("reply"));
            return true;
        } else if (type == "error") {
            throw errorFromJson(json.at("error"));
        } else if (type != "alive" && type != "hello") {
            child.kill("it said something that is no message");
            break;
        }
    }
    progress.death = child.ending(); // from here on running() says that it is gone
    return false;
}

} // namespace app
