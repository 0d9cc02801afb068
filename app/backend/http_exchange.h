// HttpExchange: one HTTP/1.1 request and its answer over one connection that is ours alone. Written on QSslSocket
// because a general HTTP stack resends a request by itself when a connection drops (that would bill twice), follows
// redirects, keeps cookies and answers authentication requests. Here: TLS 1.2 or newer, always verified; no redirect,
// no cookie, no cached credentials, no proxy unless the settings name one; bounded memory; every wait in steps of at
// most 100 ms so that the caller can look at its stop token. Runs its own event loop in the calling thread.
// The one file (with its .cpp) that knows Qt Network. Source: reliability.md R27, P22, P23.
#pragma once

#include "app/backend/endpoint_url.h"
#include "app/backend/http_framing.h"
#include "app/backend/key_source.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace app {

struct HttpOptions {
    std::string caFile; // PEM: trusted instead of the system's; for servers of one's own
    std::string proxy;  // "http://host:port" or "socks5://host:port"; empty = none, whatever the environment says
    std::chrono::milliseconds connectTime{20'000};
    std::size_t maxHead = 64 * 1024;
};

// Asked between two waits; returns true to give up. The exchange then throws HttpGivenUp.
using HttpPoll = std::function<bool()>;
struct HttpGivenUp {};

class HttpExchange {
public:
    explicit HttpExchange(const HttpOptions& options);
    ~HttpExchange();

    // Connects, proves the peer, sends. Throws BackendError(Unreachable or Configuration) before anything was sent,
    // BrokeOff after.
    void send(const EndpointUrl& to, const std::string& method, const std::string& path, std::string_view body,
              const Secret& key, const HttpPoll& giveUp);
    // Waits for the head of the answer. The body must not be compressed.
    HttpHead head(const HttpPoll& giveUp);
    // The next bytes of the body, de-chunked; empty after at most 100 ms without any. ended() is true once all of it was read.
    std::string read();
    bool ended() const;

    std::uint64_t bytesSent() const;    // request bytes handed to the connection
    bool requestComplete() const;       // the whole request was sent: the server may have begun to bill

private:
    struct Connection;
    std::unique_ptr<Connection> m;
};

} // namespace app
