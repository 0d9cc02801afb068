#include "tests/support/mock_server.h"

#include <QFile>
#include <QMutex>
#include <QSemaphore>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <deque>
#include <stdexcept>

namespace support {
namespace {

using Json = nlohmann::json;

std::int64_t tokens(std::string_view text) { return (static_cast<std::int64_t>(text.size()) * 10 + 32) / 33; }

// What the model would see of one message; a replayed answer reads exactly like the answer.
std::string rendered(const Json& message) {
    std::string out = "<" + message.value("role", "") + ">";
    if (message.contains("reasoning_content") && message["reasoning_content"].is_string())
        out += message["reasoning_content"].get<std::string>() + "</think>";
    if (message.contains("content") && message["content"].is_string())
        out += message["content"].get<std::string>();
    if (message.contains("tool_calls"))
        for (const Json& call : message["tool_calls"])
            out += "{" + call["function"]["name"].get<std::string>() + call["function"]["arguments"].get<std::string>() + "}";
    return out;
}

Json asMessage(const MockReply& reply) {
    Json message{{"role", "assistant"}, {"content", reply.text}, {"reasoning_content", reply.reasoning}};
    for (const app::ToolCall& call : reply.calls)
        message["tool_calls"].push_back({{"id", call.id}, {"type", "function"},
                                         {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    return message;
}

// Pieces that never cut a UTF-8 character.
std::vector<std::string> pieces(const std::string& text, std::size_t length) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.size(), at + std::max<std::size_t>(1, length));
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            ++end;
        out.push_back(text.substr(at, end - at));
        at = end;
    }
    return out;
}

std::string statusLine(int status) {
    return "HTTP/1.1 " + std::to_string(status) + " Mock\r\nConnection: close\r\n";
}

std::string jsonAnswer(int status, const std::string& body, const std::string& extra = {}) {
    return statusLine(status) + extra + "Content-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string errorBody(const std::string& message, int code) {
    return Json{{"error", {{"message", message}, {"type", "mock_error"}, {"param", nullptr}, {"code", code}}}}.dump();
}

} // namespace

struct MockServer::State {
    MockOptions options;
    mutable QMutex mutex;
    std::function<MockReply(const MockRequest&)> handler;
    std::deque<MockFault> faults;
    std::vector<MockRequest> requests;
    std::vector<std::string> seen, units; // requests so far; what the cache holds
    int authorizations = 0, connections = 0;
    std::uint64_t bytes = 0;
    std::uint16_t port = 0;

    Json usage(const MockRequest& request, const MockReply& reply);
    std::string refusal(const MockRequest& request) const;
};

Json MockServer::State::usage(const MockRequest& request, const MockReply& reply) {
    std::string text = request.json.value("tools", Json()).dump();
    for (const Json& message : request.json["messages"])
        text += rendered(message);
    std::size_t hit = 0;
    for (const std::string& unit : units)
        if (unit.size() > hit && text.starts_with(unit))
            hit = unit.size();
    // A unit is kept for the end of the input, of the output, and for what two requests have in common.
    for (const std::string& other : seen) {
        const auto common = static_cast<std::size_t>(
            std::mismatch(text.begin(), text.end(), other.begin(), other.end()).first - text.begin());
        if (tokens(text.substr(0, common)) >= 64)
            units.push_back(text.substr(0, common));
    }
    seen.push_back(text);
    units.push_back(text);
    units.push_back(text + rendered(asMessage(reply)));
    const std::int64_t prompt = tokens(text), cached = std::min(prompt, tokens(std::string_view(text).substr(0, hit)));
    std::int64_t output = tokens(reply.text) + tokens(reply.reasoning);
    for (const app::ToolCall& call : reply.calls)
        output += tokens(call.name) + tokens(call.arguments);
    Json usage{{"prompt_tokens", prompt}, {"completion_tokens", output}, {"total_tokens", prompt + output}};
    if (options.usage == UsageShape::Both || options.usage == UsageShape::HitMiss) {
        usage["prompt_cache_hit_tokens"] = cached;
        usage["prompt_cache_miss_tokens"] = prompt - cached;
    }
    if (options.usage == UsageShape::Both || options.usage == UsageShape::CachedTokens)
        usage["prompt_tokens_details"] = {{"cached_tokens", cached}};
    usage["completion_tokens_details"] = {{"reasoning_tokens", tokens(reply.reasoning)}};
    return options.usage == UsageShape::None ? Json() : usage;
}

// The answer to a request the hosted service would not take; empty when it would.
std::string MockServer::State::refusal(const MockRequest& request) const {
    const auto authorization = request.headers.find("authorization");
    if (!options.key.empty() &&
        (authorization == request.headers.end() || authorization->second != "Bearer " + options.key))
        return jsonAnswer(401, errorBody("Authentication Fails, Your api key: " +
                                         (authorization == request.headers.end() ? "" : authorization->second) +
                                         " is invalid", 401));
    if (request.path.ends_with("/models")) {
        Json model{{"id", options.model}, {"object", "model"}, {"owned_by", "mock"}};
        if (options.maxModelLength > 0)
            model["max_model_len"] = options.maxModelLength;
        return jsonAnswer(200, Json{{"object", "list"}, {"data", Json::array({model})}}.dump());
    }
    if (!request.path.ends_with("/chat/completions") || request.method != "POST")
        return jsonAnswer(404, errorBody("no such path", 404));
    const Json& json = request.json;
    if (!json.is_object() || !json.contains("messages") || !json["messages"].is_array())
        return jsonAnswer(400, errorBody("messages are missing", 400));
    const bool thinking = !json.contains("thinking") || json["thinking"].value("type", "") != "disabled";
    if (json.contains("max_completion_tokens") || json.contains("seed") || json.contains("n"))
        return jsonAnswer(422, errorBody("unsupported parameter", 422));
    if (thinking && json.contains("tool_choice") && json["tool_choice"] != "auto" && json["tool_choice"] != "none")
        return jsonAnswer(400, errorBody("tool_choice is not supported in thinking mode", 400));
    for (const Json& message : json["messages"]) {
        const std::string role = message.value("role", "");
        if (role != "system" && role != "user" && role != "assistant" && role != "tool")
            return jsonAnswer(422, errorBody("unknown variant `" + role + "`", 422));
        if (options.askReasoning && thinking && role == "assistant" && json.contains("tools") &&
            !message.contains("reasoning_content"))
            return jsonAnswer(400, errorBody(
                "The `reasoning_content` in the thinking mode must be passed back to the API.", 400));
    }
    return {};
}

std::string MockServer::streamOf(const MockReply& reply, const MockOptions& options, const Json& usage) {
    std::string out;
    const auto chunk = [&](Json delta, const Json& finish = nullptr, const Json& counts = nullptr) {
        Json object{{"id", "mock-1"}, {"object", "chat.completion.chunk"}, {"created", 1}, {"model", options.model},
                    {"choices", Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish}}})}};
        if (!counts.is_null())
            object["usage"] = counts;
        out += "data: " + object.dump() + "\n\n";
    };
    for (int i = 0; i < options.keepAlive; ++i)
        out += ": keep-alive\n\n";
    chunk({{"role", "assistant"}, {"content", nullptr}, {"reasoning_content", ""}});
    for (const std::string& piece : pieces(reply.reasoning, options.chunk))
        chunk({{"content", nullptr}, {"reasoning_content", piece}});
    out += ": keep-alive\n\n";
    for (const std::string& piece : pieces(reply.text, options.chunk))
        chunk({{"content", piece}, {"reasoning_content", nullptr}});
    for (std::size_t i = 0; i < reply.calls.size(); ++i) {
        const app::ToolCall& call = reply.calls[i];
        chunk({{"tool_calls", Json::array({{{"index", i}, {"id", call.id}, {"type", "function"},
                                            {"function", {{"name", call.name}, {"arguments", ""}}}}})}});
        for (const std::string& piece : pieces(call.arguments, options.chunk))
            chunk({{"tool_calls", Json::array({{{"index", i}, {"function", {{"arguments", piece}}}}})}});
    }
    const std::string finish = !reply.finish.empty() ? reply.finish : reply.calls.empty() ? "stop" : "tool_calls";
    chunk({{"content", ""}, {"reasoning_content", nullptr}}, finish);
    if (!usage.is_null()) {
        const Json trailing{{"id", "mock-1"}, {"object", "chat.completion.chunk"}, {"created", 1},
                            {"model", options.model}, {"choices", Json::array()}, {"usage", usage}};
        out += "data: " + trailing.dump() + "\n\n";
    }
    return out + "data: [DONE]\n\n";
}

namespace {

// One connection: reads a request, writes what the state says, closes.
class Session : public QObject {
public:
    using Handle = std::function<void(Session&, MockRequest)>;
    Session(QSslSocket* socket, std::function<void(std::size_t)> counted, Handle handle)
        : m_socket(socket), m_counted(std::move(counted)), m_handle(std::move(handle)) {
        socket->setParent(this);
        connect(socket, &QSslSocket::readyRead, this, [this] { receive(); });
        connect(socket, &QSslSocket::disconnected, this, &QObject::deleteLater);
        connect(socket, &QSslSocket::bytesWritten, this, [this] { fill(); });
        connect(socket, &QSslSocket::encryptedBytesWritten, this, [this] { fill(); });
    }
    void writeAndClose(const std::string& bytes) {
        write(bytes);
        m_socket->disconnectFromHost();
    }
    void write(const std::string& bytes) {
        if (m_socket->state() == QAbstractSocket::ConnectedState)
            m_socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
    }
    void close() { m_socket->disconnectFromHost(); }
    void every(int milliseconds, std::function<void()> action) {
        auto* timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, std::move(action));
        timer->start(milliseconds);
    }
    // Bytes for ever, never more than a little ahead of the reader.
    void endless(std::string unit) {
        m_unit = std::move(unit);
        fill();
    }

private:
    void fill() {
        while (!m_unit.empty() && m_socket->state() == QAbstractSocket::ConnectedState &&
               m_socket->bytesToWrite() + m_socket->encryptedBytesToWrite() < 1 << 20)
            write(m_unit);
    }
    void receive() {
        const QByteArray bytes = m_socket->readAll();
        m_counted(static_cast<std::size_t>(bytes.size()));
        if (m_done)
            return;
        m_raw.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        const auto end = m_raw.find("\r\n\r\n");
        if (end == std::string::npos)
            return;
        MockRequest request;
        request.head = m_raw.substr(0, end);
        std::size_t length = 0;
        for (std::size_t at = 0; at < request.head.size();) {
            auto next = request.head.find("\r\n", at);
            next = next == std::string::npos ? request.head.size() : next;
            const std::string line = request.head.substr(at, next - at);
            if (at == 0) {
                request.method = line.substr(0, line.find(' '));
                const auto path = line.find(' ') + 1;
                request.path = line.substr(path, line.find(' ', path) - path);
            } else if (const auto colon = line.find(": "); colon != std::string::npos) {
                std::string name = line.substr(0, colon);
                std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
                request.headers[name] = line.substr(colon + 2);
            }
            at = next + 2;
        }
        if (request.headers.count("content-length"))
            length = std::stoul(request.headers["content-length"]);
        if (m_raw.size() < end + 4 + length)
            return;
        m_done = true;
        request.body = m_raw.substr(end + 4, length);
        request.json = Json::parse(request.body, nullptr, false);
        if (request.json.is_discarded())
            request.json = nullptr;
        m_handle(*this, std::move(request));
    }

    QSslSocket* m_socket;
    std::function<void(std::size_t)> m_counted;
    Handle m_handle;
    std::string m_raw, m_unit;
    bool m_done = false;
};

class Listener : public QTcpServer {
public:
    std::function<void(qintptr)> onConnection;

protected:
    void incomingConnection(qintptr descriptor) override { onConnection(descriptor); }
};

std::string chunked(const std::string& text) {
    static const char* digits = "0123456789abcdef";
    std::string size;
    for (std::size_t n = text.size(); n > 0; n /= 16)
        size.insert(size.begin(), digits[n % 16]);
    return size + "\r\n" + text + "\r\n";
}

} // namespace

class MockServer::Thread : public QThread {
public:
    explicit Thread(std::shared_ptr<State> state) : m_state(std::move(state)) {}
    QSemaphore ready;

protected:
    void run() override;

private:
    void accept(qintptr descriptor, QObject* parent);
    void handle(Session& session, MockRequest request);
    void play(Session& session, const MockFault& fault, const MockReply& reply, const Json& usage);
    std::shared_ptr<State> m_state;
};

void MockServer::Thread::run() {
    Listener listener;
    listener.onConnection = [&](qintptr descriptor) { accept(descriptor, &listener); };
    if (listener.listen(QHostAddress::LocalHost, 0))
        m_state->port = listener.serverPort();
    ready.release();
    exec();
}

void MockServer::Thread::accept(qintptr descriptor, QObject* parent) {
    auto* socket = new QSslSocket;
    socket->setSocketDescriptor(descriptor);
    {
        QMutexLocker lock(&m_state->mutex);
        ++m_state->connections;
    }
    auto* session = new Session(
        socket,
        [state = m_state](std::size_t bytes) {
            QMutexLocker lock(&state->mutex);
            state->bytes += bytes;
        },
        [this](Session& self, MockRequest request) { handle(self, std::move(request)); });
    session->setParent(parent);
    const MockOptions& options = m_state->options;
    if (options.certificateFile.empty())
        return;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    QFile keyFile(QString::fromStdString(options.keyFile));
    keyFile.open(QIODevice::ReadOnly);
    const QByteArray pem = keyFile.readAll();
    QSslKey key(pem, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(pem, QSsl::Ec);
    tls.setPrivateKey(key);
    tls.setLocalCertificateChain(QSslCertificate::fromPath(QString::fromStdString(options.certificateFile)));
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED
    if (options.tlsVersion == 11)
        tls.setProtocol(QSsl::TlsV1_1);
    QT_WARNING_POP
    socket->setSslConfiguration(tls);
    socket->startServerEncryption();
}

void MockServer::Thread::handle(Session& session, MockRequest request) {
    MockFault fault;
    MockReply reply{"Hello.", "", {}, ""};
    Json usage;
    std::string refused;
    {
        QMutexLocker lock(&m_state->mutex);
        m_state->requests.push_back(request);
        if (request.headers.count("authorization"))
            ++m_state->authorizations;
        if (request.path.ends_with("/chat/completions") && !m_state->faults.empty()) {
            fault = m_state->faults.front();
            m_state->faults.pop_front();
        }
        if (fault.kind == MockFault::Kind::None || fault.kind >= MockFault::Kind::CutAfter)
            refused = m_state->refusal(request);
        if (refused.empty()) {
            if (m_state->handler)
                reply = m_state->handler(request);
            for (std::size_t i = 0; i < reply.calls.size(); ++i)
                if (reply.calls[i].id.empty())
                    reply.calls[i].id = "call_" + std::to_string(m_state->requests.size()) + "_" + std::to_string(i);
            if (request.json.is_object() && request.json.contains("messages"))
                usage = m_state->usage(request, reply);
        }
    }
    if (!refused.empty())
        session.writeAndClose(refused);
    else
        play(session, fault, reply, usage);
}

void MockServer::Thread::play(Session& session, const MockFault& fault, const MockReply& reply, const Json& usage) {
    using Kind = MockFault::Kind;
    MockReply played = reply;
    if (fault.kind == Kind::OutOfResources)
        played.finish = "insufficient_system_resource";
    std::string stream = streamOf(played, m_state->options, usage);
    const std::string open = statusLine(200) + "Content-Type: text/event-stream\r\n";
    const std::string head = open + "Transfer-Encoding: chunked\r\n\r\n";
    const auto whole = [&](const std::string& body) { session.writeAndClose(head + chunked(body) + "0\r\n\r\n"); };
    switch (fault.kind) {
    case Kind::None:
    case Kind::OutOfResources:
        return whole(stream);
    case Kind::Status: {
        const std::string extra = fault.retryAfter.empty() ? "" : "Retry-After: " + fault.retryAfter + "\r\n";
        return session.writeAndClose(jsonAnswer(
            fault.status, fault.body.empty() ? errorBody("mock says no", fault.status) : fault.body, extra));
    }
    case Kind::Redirect:
        return session.writeAndClose(statusLine(fault.status) + "Location: " + fault.location +
                                     "\r\nContent-Length: 0\r\n\r\n");
    case Kind::CloseBeforeHead:
        return session.close();
    case Kind::CutAfter:
        return session.writeAndClose(head + chunked(stream.substr(0, fault.after)));
    case Kind::Silence:
        return;
    case Kind::KeepAliveOnly:
    case Kind::StallAfter:
        session.write(open + "\r\n");
        if (fault.after > 0) // whole events only: the comments must stay comments
            session.write(stream.substr(0, stream.rfind("\n\n", fault.after) + 2));
        return session.every(fault.milliseconds, [&session] { session.write(": keep-alive\n\n"); });
    case Kind::Endless: {
        session.write(open + "\r\n");
        const Json object{{"choices", Json::array({{{"index", 0}, {"delta", {{"content", std::string(500, 'x')}}}}})}};
        return session.endless("data: " + object.dump() + "\n\n");
    }
    case Kind::LongLine:
        session.write(open + "\r\ndata: ");
        return session.endless(std::string(65536, 'x'));
    case Kind::Compressed:
        return session.writeAndClose(open + "Content-Encoding: gzip\r\n\r\n\x1f\x8b");
    case Kind::Drip: {
        session.write(open + "\r\n");
        auto rest = std::make_shared<std::string>(stream);
        return session.every(fault.milliseconds, [&session, rest] {
            if (rest->empty())
                return session.close();
            session.write(rest->substr(0, 1));
            rest->erase(0, 1);
        });
    }
    case Kind::NoDone:
        return whole(stream.substr(0, stream.rfind("data: [DONE]")));
    case Kind::ErrorInStream:
        return whole(stream.substr(0, stream.find("data: ", stream.find("data: ") + 1)) + "data: " +
                     errorBody("broken inside", fault.status) + "\n\n");
    case Kind::Raw:
        return session.writeAndClose(fault.body);
    case Kind::WholeJson: {
        Json completion{{"id", "mock-1"}, {"object", "chat.completion"}, {"model", m_state->options.model},
                        {"choices", Json::array({{{"index", 0}, {"message", asMessage(reply)},
                                                  {"finish_reason", reply.calls.empty() ? "stop" : "tool_calls"}}})}};
        if (!usage.is_null())
            completion["usage"] = usage;
        const std::string body = "\n\n" + completion.dump();
        return session.writeAndClose(jsonAnswer(200, body));
    }
    }
}

MockServer::MockServer(MockOptions options) : m_state(std::make_shared<State>()) {
    m_state->options = std::move(options);
    m_thread = std::make_unique<Thread>(m_state);
    m_thread->start();
    m_thread->ready.acquire();
    if (m_state->port == 0)
        throw std::runtime_error("The mock server found no free port on 127.0.0.1.");
}

MockServer::~MockServer() {
    m_thread->quit();
    m_thread->wait();
}

std::string MockServer::url() const {
    return (m_state->options.certificateFile.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
           std::to_string(m_state->port);
}

std::uint16_t MockServer::port() const { return m_state->port; }

void MockServer::answer(std::function<MockReply(const MockRequest&)> handler) {
    QMutexLocker lock(&m_state->mutex);
    m_state->handler = std::move(handler);
}

void MockServer::fault(MockFault fault) {
    QMutexLocker lock(&m_state->mutex);
    m_state->faults.push_back(std::move(fault));
}

std::vector<MockRequest> MockServer::requests() const {
    QMutexLocker lock(&m_state->mutex);
    return m_state->requests;
}

int MockServer::authorizationsSeen() const {
    QMutexLocker lock(&m_state->mutex);
    return m_state->authorizations;
}

int MockServer::connections() const {
    QMutexLocker lock(&m_state->mutex);
    return m_state->connections;
}

std::uint64_t MockServer::bytesReceived() const {
    QMutexLocker lock(&m_state->mutex);
    return m_state->bytes;
}

} // namespace support
