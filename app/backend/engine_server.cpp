#include "app/backend/engine_server.h"

#include "app/backend/backend_json.h"
#include "app/backend/line_socket.h"
#include "engine/tokenizer.h"

#include <sys/prctl.h>
#include <csignal>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

namespace app {

namespace {

using Json = nlohmann::json;

constexpr auto heartbeat = std::chrono::seconds(2);

class Server {
public:
    explicit Server(int socket) : m_socket(socket) {}

    [[noreturn]] void run(const EmbeddedOptions& options) {
        // The heart beats from the start: loading a large model takes a while.
        // Both run until the process ends, which is the only way out of here.
        std::thread([this] { beat(); }).detach();
        std::thread([this] { read(); }).detach();
        try {
            EmbeddedEngine engine(options);
            send({{"type", "hello"}, {"version", 1}, {"info", toJson(engine.info())}, {"tokenizer", engine.tokenizer().name()},
                  {"vocabulary", engine.vocabulary()}});
            for (;;) answer(engine, next());
        } catch (const BackendError& error) {
            send({{"type", "error"}, {"error", toJson(error)}});
            for (;;) next();
        }
    }

private:
    struct Job {
        Json line;
        std::stop_source stop;
    };

    void send(const Json& json) {
        const std::lock_guard lock(m_writing);
        if (!m_socket.write(jsonLine(json))) ::_exit(0); // nobody is left to work for
    }

    [[noreturn]] void beat() {
        for (;;) {
            std::this_thread::sleep_for(heartbeat);
            send({{"type", "alive"}});
        }
    }

    void read() {
        for (std::string text; m_socket.readLine(text);) {
            Json line = Json::parse(text, nullptr, false);
            const std::lock_guard lock(m_mutex);
            if (line.is_object() && line.value("type", "") == "stop") {
                m_latest.request_stop();
                continue;
            }
            m_latest = std::stop_source(); // a stop is meant for the newest request, begun or not
            m_jobs.push_back({std::move(line), m_latest});
            m_arrived.notify_one();
        }
        ::_exit(0); // the program has ended or let us go
    }

    Job next() {
        std::unique_lock lock(m_mutex);
        m_arrived.wait(lock, [this] { return !m_jobs.empty(); });
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        return job;
    }

    void answer(EmbeddedEngine& engine, const Job& job) {
        const Json& line = job.line;
        try {
            if (!line.is_object()) throw std::runtime_error("The engine process was asked in a language it does not speak.");
            const Request request = requestFromJson(line.at("request"));
            Continuation continuation;
            continuation.sampled = line.at("sampled").get<std::vector<std::int32_t>>();
            // What a token caused travels with it in one line: the other side has all of it or nothing.
            Json waiting = Json::array();
            continuation.onToken = [&](std::int32_t token) {
                send({{"type", "token"}, {"token", token}, {"events", std::move(waiting)}});
                waiting = Json::array();
            };
            const auto onEvent = [&](const Event& event) {
                if (event.type == Event::Type::Prefill || event.type == Event::Type::State)
                    send({{"type", "event"}, {"event", toJson(event)}});
                else waiting.push_back(toJson(event));
            };
            const Reply reply = engine.generateFrom(request, continuation, onEvent, job.stop.get_token());
            send({{"type", "reply"}, {"events", waiting}, {"reply", toJson(reply)}});
        } catch (const BackendError& error) {
            send({{"type", "error"}, {"error", toJson(error)}});
        } catch (const std::exception& error) {
            send({{"type", "error"}, {"error", toJson(BackendError(BackendError::Cause::BadRequest, error.what()))}});
        }
    }

    LineSocket m_socket;
    std::mutex m_writing, m_mutex;
    std::condition_variable m_arrived;
    std::deque<Job> m_jobs;
    std::stop_source m_latest;
};

} // namespace

void serveEngine(const EmbeddedOptions& options, int socket, int parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0); // a core file would hold the corpus
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, SIG_IGN); // Ctrl+C reaches the whole group; the program decides what stops
    if (::getppid() != parent) ::_exit(0); // it ended before the line above
    Server(socket).run(options);
}

} // namespace app
