#include "app/backend/openai_client.h"

#include "app/backend/failed_call.h"
#include "app/backend/http_exchange.h"
#include "app/backend/keyring.h"
#include "app/backend/sse_parser.h"
#include "app/backend/usage.h"
#include "app/settings.h"

#include <QEventLoop>
#include <QTimer>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <random>

namespace app {
namespace {

using Cause = BackendError::Cause;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::string inSeconds(double seconds) {
    const auto tenths = static_cast<std::int64_t>(std::lround(seconds * 10));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

// False when stopped before the time was over.
bool waitFor(double seconds, const std::stop_token& stop) {
    const auto begin = Clock::now();
    while (secondsSince(begin) < seconds) {
        if (stop.stop_requested())
            return false;
        QEventLoop loop;
        QTimer::singleShot(50, &loop, &QEventLoop::quit);
        loop.exec(QEventLoop::ExcludeUserInputEvents);
    }
    return !stop.stop_requested();
}

std::string statusWords(int status) {
    switch (status) {
    case 400: return "the request has a form it does not take";
    case 401: return "the key was not accepted";
    case 402: return "the account has no balance";
    case 403: return "the key may not use this";
    case 404: return "there is no such address or model";
    case 413: return "the request is too large";
    case 422: return "a parameter has a value it does not take";
    case 429: return "too many requests";
    case 500: return "an error of its own";
    case 503: return "overloaded";
    default: return "an unexpected answer";
    }
}

// The two timers and the ceiling of one try, and the stop request: asked at every wait.
class Patience {
public:
    enum class Over : std::uint8_t { No, Stopped, FirstPayload, Idle, Ceiling };
    Patience(const ClientOptions& options, std::stop_token stop) : m_options(options), m_stop(std::move(stop)) {}
    void progress(bool payload) {
        m_last = Clock::now();
        m_payload = m_payload || payload;
    }
    Over over() const {
        const auto now = Clock::now();
        if (m_stop.stop_requested())
            return Over::Stopped;
        if (now - m_begin > m_options.ceiling)
            return Over::Ceiling;
        if (now - m_last > (m_payload ? m_options.idle : m_options.firstPayload))
            return m_payload ? Over::Idle : Over::FirstPayload;
        return Over::No;
    }
    std::string sentence(const std::string& host) const {
        const auto words = [](std::chrono::milliseconds time) {
            return inSeconds(std::chrono::duration<double>(time).count());
        };
        switch (over()) {
        case Over::FirstPayload:
            return "The server at " + host + " sent nothing for " + words(m_options.firstPayload) +
                   ": it is overloaded or gone; try again later.";
        case Over::Idle:
            return "The server at " + host + " fell silent for " + words(m_options.idle) +
                   " in the middle of an answer: what arrived was kept.";
        default:
            return "The answer of " + host + " took longer than " + words(m_options.ceiling) +
                   ": it was ended; what arrived was kept.";
        }
    }

private:
    const ClientOptions& m_options;
    std::stop_token m_stop;
    Clock::time_point m_begin = Clock::now(), m_last = Clock::now();
    bool m_payload = false;
};

// What one try came to.
struct Outcome {
    enum class Kind : std::uint8_t { Whole, Stopped, Again } kind = Kind::Whole;
    Reply reply;
    std::string sentence;             // Again: what the server said
    Cause cause = Cause::Unreachable; // Again: what it is when there are no more tries
    std::optional<double> retryAfter;
};

class OpenAiClient final : public Backend {
public:
    explicit OpenAiClient(ClientOptions options)
        : m_options(std::move(options)), m_url(parseEndpointUrl(m_options.url)) {
        if (m_options.offline)
            throw BackendError(Cause::Configuration, "Endpoint " + m_options.name + " is at " + m_url.authority() +
                               ", and --offline opens no socket: leave it out or use --engine none.");
        if (m_options.model.empty())
            throw BackendError(Cause::Configuration,
                               "Endpoint " + m_options.name + " names no model: add one in the settings.");
        m_key = readKey(m_options.key, m_options.name);
    }

    BackendInfo info() override;
    Reply generate(const Request& request, const std::function<void(const Event&)>& onEvent,
                   std::stop_token stop) override;
    EndpointLimits limits(const std::stop_token& stop);

private:
    Outcome tryOnce(const Request& request, const std::string& body, const std::function<void(const Event&)>& onEvent,
                    const std::stop_token& stop, std::uint64_t& bytesSent);
    Outcome stream(HttpExchange& exchange, const HttpHead& head, const Request& request,
                   const std::function<void(const Event&)>& onEvent, Patience& patience);
    Outcome judge(const ReplyAssembler& assembler, const Request& request) const;
    Outcome refused(HttpExchange& exchange, const HttpHead& head, const std::stop_token& stop) const;
    HttpOptions httpOptions() const {
        HttpOptions http;
        http.caFile = m_options.caFile;
        http.proxy = m_options.proxy;
        http.connectTime = m_options.connectTime;
        return http;
    }

    ClientOptions m_options;
    EndpointUrl m_url;
    Secret m_key;
    std::mt19937_64 m_random{std::random_device{}()};
};

BackendInfo OpenAiClient::info() {
    BackendInfo info;
    info.name = m_options.name;
    info.model = m_options.model;
    info.host = m_url.authority();
    info.fingerprint = info.host + m_url.path + "#" + info.model;
    info.window = m_options.window;
    info.maxOutput = m_options.maxOutput;
    info.level = m_options.level;
    info.tools = m_options.tools;
    info.priceRow = m_options.priceRow;
    return info;
}

Reply OpenAiClient::generate(const Request& request, const std::function<void(const Event&)>& onEvent,
                             std::stop_token stop) {
    const auto begin = Clock::now();
    const std::string body =
        chatBody(request, {m_options.model, m_options.dialect, m_options.maxOutput, /*stream*/ true});
    const auto say = [&](const std::string& words) {
        Event event;
        event.type = Event::Type::State;
        event.text = words;
        if (onEvent)
            onEvent(event);
    };
    std::uint64_t bytesSent = 0;
    Usage lost; // of tries that had begun to answer
    for (int attempt = 0;; ++attempt) {
        Outcome outcome = tryOnce(request, body, onEvent, stop, bytesSent);
        if (outcome.kind != Outcome::Kind::Again) {
            outcome.reply.usage += lost;
            outcome.reply.usage.bytesSent = bytesSent;
            outcome.reply.usage.seconds = secondsSince(begin);
            return outcome.reply;
        }
        lost += outcome.reply.usage;
        const double random = std::uniform_real_distribution<double>(0, 1)(m_random);
        const auto delay = retryDelay(m_options.retry, attempt, outcome.retryAfter, random);
        Reply partial;
        partial.usage = lost;
        partial.usage.bytesSent = bytesSent;
        partial.usage.seconds = secondsSince(begin);
        if (!delay)
            throw FailedCall(outcome.cause, outcome.sentence + (attempt > 0 ? " It was asked " +
                             std::to_string(attempt + 1) + " times." : std::string()), partial);
        say(outcome.sentence + " Asking again in " + inSeconds(*delay) + " (" + std::to_string(attempt + 1) + " of " +
            std::to_string(m_options.retry.most) + ").");
        if (!waitFor(*delay, stop)) {
            partial.message.role = Role::Assistant;
            partial.finish = "stopped";
            return partial;
        }
    }
}

Outcome OpenAiClient::tryOnce(const Request& request, const std::string& body,
                              const std::function<void(const Event&)>& onEvent, const std::stop_token& stop,
                              std::uint64_t& bytesSent) {
    const auto begin = Clock::now();
    HttpExchange exchange(httpOptions());
    Patience patience(m_options, stop);
    const HttpPoll giveUp = [&] { return patience.over() != Patience::Over::No; };
    const auto failure = [&](Cause cause, const std::string& sentence, Reply partial) {
        if (partial.usage.inputUncached == 0 && exchange.requestComplete())
            partial.usage = estimateUsage(request, partial.message); // it may have been billed
        partial.usage.bytesSent = bytesSent + exchange.bytesSent();
        partial.usage.seconds = secondsSince(begin);
        return FailedCall(cause, m_key.scrub(sentence), std::move(partial));
    };
    try {
        exchange.send(m_url, "POST", "/chat/completions", body, m_key, giveUp);
        patience.progress(false);
        if (onEvent) {
            Event event;
            event.type = Event::Type::State;
            event.text = "sent " + std::to_string(exchange.bytesSent()) + " bytes to " + m_url.authority() +
                         ", waiting for the first token";
            onEvent(event);
        }
        const HttpHead head = exchange.head(giveUp);
        Outcome outcome = head.status == 200 ? stream(exchange, head, request, onEvent, patience)
                                             : refused(exchange, head, stop);
        bytesSent += exchange.bytesSent();
        return outcome;
    } catch (const HttpGivenUp&) {
        if (patience.over() != Patience::Over::Stopped)
            throw failure(exchange.requestComplete() ? Cause::BrokeOff : Cause::Unreachable,
                          patience.sentence(m_url.authority()), {});
        Outcome outcome;
        outcome.kind = Outcome::Kind::Stopped;
        outcome.reply.message.role = Role::Assistant;
        outcome.reply.finish = "stopped";
        if (exchange.requestComplete())
            outcome.reply.usage = estimateUsage(request, {});
        bytesSent += exchange.bytesSent();
        return outcome;
    } catch (const FailedCall& failed) {
        throw failure(failed.cause(), failed.what(), failed.partial());
    } catch (const BackendError& error) {
        throw failure(error.cause(), error.what(), {});
    }
}

Outcome OpenAiClient::stream(HttpExchange& exchange, const HttpHead& head, const Request& request,
                             const std::function<void(const Event&)>& onEvent, Patience& patience) {
    ReplyAssembler assembler(onEvent);
    SseParser events(m_options.maxEvent);
    const auto type = head.fields.find("content-type");
    const bool json = type != head.fields.end() && type->second.find("application/json") != std::string::npos;
    const std::size_t most = std::max<std::size_t>(m_options.maxAnswer, static_cast<std::size_t>(request.maxOutput) * 1024);
    const auto onData = [&](std::string_view data) {
        patience.progress(true);
        assembler.data(data);
    };
    const auto broken = [&](const std::string& sentence) {
        return FailedCall(Cause::BrokeOff, sentence, assembler.reply(request));
    };
    std::string wholeText;
    std::size_t received = 0;
    try {
        while (!assembler.done() && assembler.errorMessage().empty()) {
            if (patience.over() == Patience::Over::Stopped) {
                Outcome outcome;
                outcome.kind = Outcome::Kind::Stopped;
                outcome.reply = assembler.reply(request);
                outcome.reply.finish = "stopped";
                return outcome;
            }
            if (patience.over() != Patience::Over::No)
                throw broken(patience.sentence(m_url.authority()));
            const std::string bytes = exchange.read();
            if (bytes.empty() && exchange.ended())
                break;
            received += bytes.size();
            if (received > most || (json && received > m_options.maxEvent * 8))
                throw broken("The server at " + m_url.authority() + " sent more than an answer can be (" +
                             std::to_string(received) + " bytes): it was ended.");
            if (json)
                wholeText += bytes;
            else
                events.feed(bytes, onData);
        }
        if (json && !wholeText.empty())
            assembler.whole(wholeText);
        else
            events.finish(onData);
    } catch (const FailedCall&) {
        throw;
    } catch (const BackendError& error) {
        throw FailedCall(error.cause(), error.what(), assembler.reply(request));
    }
    return judge(assembler, request);
}

Outcome OpenAiClient::judge(const ReplyAssembler& assembler, const Request& request) const {
    Outcome outcome;
    outcome.reply = assembler.reply(request);
    const auto again = [&](const std::string& sentence, Cause cause) {
        outcome.kind = Outcome::Kind::Again;
        outcome.sentence = m_key.scrub(sentence);
        outcome.cause = cause;
        if (!assembler.sawOutput())
            outcome.reply.usage = {};
        return outcome;
    };
    if (!assembler.errorMessage().empty()) {
        const std::string sentence =
            "The server at " + m_url.authority() + " broke off its answer: " + assembler.errorMessage() + ".";
        if (isRetryable(assembler.errorStatus()))
            return again(sentence, Cause::Unreachable);
        throw FailedCall(Cause::BrokeOff, sentence, outcome.reply);
    }
    if (assembler.serverFinish() == "insufficient_system_resource")
        return again("The server at " + m_url.authority() + " ran out of resources in the middle of an answer" +
                         (assembler.sawOutput() ? "; what it had sent is dropped." : "."),
                     Cause::BrokeOff);
    if (!assembler.done())
        throw FailedCall(Cause::BrokeOff, "The answer of " + m_url.authority() +
                         " broke off before its end: what arrived was kept; ask again.", outcome.reply);
    return outcome;
}

Outcome OpenAiClient::refused(HttpExchange& exchange, const HttpHead& head, const std::stop_token& stop) const {
    const std::string host = m_url.authority();
    if (head.status >= 300 && head.status < 400)
        throw BackendError(Cause::Refused, "The server at " + host + " redirects (" + std::to_string(head.status) +
                           ") to another address: redirects are refused; put the final address into the settings.");
    std::string body;
    const auto begin = Clock::now();
    while (!exchange.ended() && body.size() < 65536 && secondsSince(begin) < 5 && !stop.stop_requested())
        body += exchange.read();
    std::string said = serverMessage(m_key.scrub(body));
    while (!said.empty() && (said.back() == '.' || said.back() == ' '))
        said.pop_back();
    const std::string sentence = "The server at " + host + " answered " + std::to_string(head.status) + " (" +
                                 statusWords(head.status) + ")" + (said.empty() ? "" : ": " + said) + ".";
    if (isRetryable(head.status)) {
        Outcome outcome;
        outcome.kind = Outcome::Kind::Again;
        outcome.sentence = sentence;
        outcome.cause = head.status == 429 ? Cause::Refused : Cause::Unreachable;
        if (const auto after = head.fields.find("retry-after"); after != head.fields.end())
            outcome.retryAfter = parseRetryAfter(after->second, std::chrono::duration_cast<std::chrono::seconds>(
                                                     std::chrono::system_clock::now().time_since_epoch()).count());
        return outcome;
    }
    const std::string where = !m_options.key.file.empty() ? "the key file " + m_options.key.file
                              : m_options.key.environment.empty() ? "the settings (no key is set)"
                                                                  : "the variable " + m_options.key.environment;
    if (head.status == 401 || head.status == 403)
        throw BackendError(Cause::Refused, sentence + " Its key comes from " + where + ".");
    if (head.status == 402)
        throw BackendError(Cause::Refused, sentence + " Top up the account or choose another engine.");
    if (head.status == 404)
        throw BackendError(Cause::Configuration, sentence + " Check the address and the model name " + m_options.model + ".");
    throw BackendError(head.status < 500 ? Cause::BadRequest : Cause::Unreachable, sentence);
}

EndpointLimits OpenAiClient::limits(const std::stop_token& stop) {
    HttpExchange exchange(httpOptions());
    ClientOptions brief = m_options;
    brief.firstPayload = std::chrono::seconds(20);
    Patience patience(brief, stop);
    const HttpPoll giveUp = [&] { return patience.over() != Patience::Over::No; };
    std::string body;
    try {
        exchange.send(m_url, "GET", "/models", {}, m_key, giveUp);
        const HttpHead head = exchange.head(giveUp);
        if (head.status != 200)
            return {};
        while (!exchange.ended() && body.size() < (std::size_t{4} << 20) && !giveUp())
            body += exchange.read();
    } catch (const HttpGivenUp&) {
        return {};
    }
    EndpointLimits limits;
    const Json answer = Json::parse(body, nullptr, false);
    if (!answer.is_object() || !answer.contains("data") || !answer["data"].is_array())
        return limits;
    const auto first = [](const Json& object, std::initializer_list<const char*> keys) -> std::int64_t {
        for (const char* key : keys)
            if (const auto found = object.find(key); found != object.end() && found->is_number_integer())
                if (const auto value = found->get<std::int64_t>(); value > 0 && value < (std::int64_t{1} << 40))
                    return value;
        return 0;
    };
    for (const Json& model : answer["data"]) {
        if (!model.is_object() || !model.contains("id") || model["id"] != m_options.model)
            continue;
        limits.found = true;
        limits.window = first(model, {"max_model_len", "context_length", "context_window", "max_context_length"});
        limits.maxOutput = first(model, {"max_output_tokens", "max_completion_tokens", "max_output_length"});
    }
    return limits;
}

} // namespace

ClientOptions clientOptions(const Endpoint& endpoint, bool offline) {
    ClientOptions options;
    options.name = endpoint.name;
    options.url = endpoint.url;
    options.model = endpoint.model;
    options.key = {endpoint.keyVariable, endpoint.keyFile, endpoint.keyInRing ? keyringEntry(endpoint.url) : std::string()};
    options.caFile = endpoint.caFile;
    options.window = endpoint.window;
    options.maxOutput = endpoint.maxOutput;
    options.level = endpoint.level;
    options.priceRow = endpoint.priceId;
    options.offline = offline;
    if (endpoint.dialect == "vllm")
        options.dialect = ThinkingDialect::Template;
    else if (endpoint.dialect == "plain")
        options.dialect = ThinkingDialect::None;
    else if (!endpoint.dialect.empty() && endpoint.dialect != "deepseek")
        throw BackendError(Cause::Configuration, "Endpoint " + endpoint.name + " has the dialect " + endpoint.dialect +
                           ": it must be deepseek, vllm or plain.");
    return options;
}

std::unique_ptr<Backend> makeOpenAiClient(const Endpoint& endpoint, const Settings& settings, bool offline) {
    return makeOpenAiClient(clientOptions(endpoint, offline || settings.offline));
}

std::unique_ptr<Backend> makeOpenAiClient(ClientOptions options) {
    return std::make_unique<OpenAiClient>(std::move(options));
}

EndpointLimits askModelLimits(const ClientOptions& options, std::stop_token stop) {
    return OpenAiClient(options).limits(stop);
}

} // namespace app
