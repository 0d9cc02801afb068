#include "app/backend/http_exchange.h"

#include "app/backend/backend.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QNetworkProxy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTimer>
#include <QUrl>

#include <algorithm>

namespace app {
namespace {

using Cause = BackendError::Cause;
using Clock = std::chrono::steady_clock;

constexpr qint64 window = 256 * 1024; // bytes in flight in either direction

QNetworkProxy proxyOf(const std::string& text) {
    if (text.empty())
        return QNetworkProxy::NoProxy;
    const QUrl url(QString::fromStdString(text), QUrl::StrictMode);
    const bool socks = url.scheme() == QLatin1String("socks5");
    if ((!socks && url.scheme() != QLatin1String("http")) || url.host().isEmpty() || url.port() <= 0)
        throw BackendError(Cause::Configuration,
                           "The proxy in the settings is not of the form http://host:port or socks5://host:port.");
    if (!url.userInfo().isEmpty())
        throw BackendError(Cause::Configuration,
                           "The proxy in the settings holds a user name or password: proxies with a login are not used.");
    return {socks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
            static_cast<quint16>(url.port())};
}

QSslConfiguration tlsOf(const std::string& caFile) {
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!caFile.empty()) {
        const QList<QSslCertificate> authorities = QSslCertificate::fromPath(QString::fromStdString(caFile));
        if (authorities.isEmpty())
            throw BackendError(Cause::Configuration, "The certificate file " + caFile + " of the settings holds no PEM "
                               "certificate: correct its path.");
        tls.setCaCertificates(authorities);
    }
    return tls;
}

// SHA-1 below the root is broken, whatever the system's policy lets through.
bool weaklySigned(const QList<QSslCertificate>& chain) {
    return std::any_of(chain.begin(), chain.end(), [](const QSslCertificate& certificate) {
        const QString text = certificate.toText();
        return !certificate.isSelfSigned() &&
               (text.contains(QLatin1String("Signature Algorithm: sha1"), Qt::CaseInsensitive) ||
                text.contains(QLatin1String("Signature Algorithm: ecdsa-with-SHA1"), Qt::CaseInsensitive) ||
                text.contains(QLatin1String("Signature Algorithm: md5"), Qt::CaseInsensitive));
    });
}

} // namespace

struct HttpExchange::Connection {
    explicit Connection(const HttpOptions& options_) : options(options_), framing(options_.maxHead) {
        timer.setSingleShot(true);
        QObject::connect(&timer, &QTimer::timeout, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::connected, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::encrypted, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::readyRead, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::disconnected, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::errorOccurred, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::bytesWritten, &loop, &QEventLoop::quit);
        QObject::connect(&socket, &QSslSocket::encryptedBytesWritten, &loop, &QEventLoop::quit);
    }

    // Lets the socket work until something happened or 100 ms passed.
    void step(const HttpPoll& giveUp) {
        if (giveUp && giveUp())
            throw HttpGivenUp{};
        timer.start(100);
        loop.exec(QEventLoop::ExcludeUserInputEvents);
    }

    void connect(const EndpointUrl& to, const HttpPoll& giveUp);
    void write(std::string_view bytes, const HttpPoll& giveUp);
    void drain(const HttpPoll& giveUp);
    void receive();
    std::string reason() const { return socket.errorString().toStdString(); }
    bool open() const { return socket.state() == QAbstractSocket::ConnectedState; }

    HttpOptions options;
    HttpFraming framing;
    QSslSocket socket;
    QEventLoop loop;
    QTimer timer;
    std::string peer;
    std::uint64_t handedOver = 0;
    bool complete = false, closed = false;
};

void HttpExchange::Connection::connect(const EndpointUrl& to, const HttpPoll& giveUp) {
    peer = to.authority();
    socket.setProxy(proxyOf(options.proxy));
    socket.setReadBufferSize(window);
    const QString host = QString::fromStdString(to.host);
    if (to.tls) {
        socket.setSslConfiguration(tlsOf(options.caFile));
        socket.connectToHostEncrypted(host, to.port);
    } else {
        socket.connectToHost(host, to.port);
    }
    const auto begin = Clock::now();
    while (!(to.tls ? socket.isEncrypted() : open())) {
        if (const auto errors = socket.sslHandshakeErrors(); !errors.isEmpty())
            throw BackendError(Cause::Unreachable, "The server at " + peer + " could not prove who it is (" +
                               errors.front().errorString().toStdString() + "): nothing was sent.");
        if (socket.state() == QAbstractSocket::UnconnectedState)
            throw BackendError(Cause::Unreachable, "No connection to " + peer + " (" + reason() +
                               "): check the address and the network; nothing was sent.");
        if (Clock::now() - begin > options.connectTime)
            throw BackendError(Cause::Unreachable, "No connection to " + peer + " within " +
                               std::to_string(options.connectTime.count() / 1000) + " s: nothing was sent.");
        step(giveUp);
    }
    if (to.tls && weaklySigned(socket.peerCertificateChain()))
        throw BackendError(Cause::Unreachable, "The server at " + peer + " proves itself by a SHA-1 or MD5 signature, "
                           "which can be forged: nothing was sent.");
}

void HttpExchange::Connection::write(std::string_view bytes, const HttpPoll& giveUp) {
    while (!bytes.empty() && open()) {
        if (socket.bytesToWrite() + socket.encryptedBytesToWrite() > window) {
            step(giveUp);
            receive();
            if (framing.hasHead())
                return; // it has answered already: the rest would go to nobody
            continue;
        }
        const auto written = socket.write(bytes.data(), static_cast<qint64>(std::min<std::size_t>(bytes.size(), 65536)));
        if (written <= 0)
            return;
        handedOver += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    complete = bytes.empty();
}

void HttpExchange::Connection::drain(const HttpPoll& giveUp) {
    socket.flush();
    while (open() && socket.bytesToWrite() + socket.encryptedBytesToWrite() > 0 && !framing.hasHead()) {
        step(giveUp);
        receive();
    }
}

void HttpExchange::Connection::receive() {
    if (socket.bytesAvailable() > 0) {
        const QByteArray bytes = socket.read(window);
        framing.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    }
    if (socket.state() == QAbstractSocket::UnconnectedState && socket.bytesAvailable() == 0 && !closed) {
        closed = true;
        framing.closed();
    }
}

HttpExchange::HttpExchange(const HttpOptions& options) {
    if (!QCoreApplication::instance())
        throw BackendError(Cause::Configuration, "The network client needs a QCoreApplication to be running.");
    m = std::make_unique<Connection>(options);
}

HttpExchange::~HttpExchange() {
    // A stopped call must not linger until a far server answers.
    m->socket.disconnect();
    m->socket.abort();
}

void HttpExchange::send(const EndpointUrl& to, const std::string& method, const std::string& path,
                        std::string_view body, const Secret& key, const HttpPoll& giveUp) {
    m->connect(to, giveUp);
    std::string start = method + " " + to.path + path + " HTTP/1.1\r\nHost: " + to.authority() +
                        "\r\nUser-Agent: lectern\r\nAccept: text/event-stream, application/json\r\n"
                        "Accept-Encoding: identity\r\nConnection: close\r\n";
    if (!body.empty())
        start += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    if (!key.empty()) {
        start += "Authorization: Bearer ";
        m->write(start, giveUp);
        m->write(key.reveal(), giveUp);
        start = "\r\n";
    }
    m->write(start + "\r\n", giveUp);
    if (!body.empty() && m->complete)
        m->write(body, giveUp);
    m->drain(giveUp);
}

HttpHead HttpExchange::head(const HttpPoll& giveUp) {
    for (;;) {
        m->receive();
        if (m->framing.hasHead())
            return m->framing.head();
        if (m->closed)
            throw BackendError(Cause::BrokeOff, "The server at " + m->peer + " closed the connection without an answer (" +
                               m->reason() + "): try again later.");
        m->step(giveUp);
    }
}

std::string HttpExchange::read() {
    m->receive();
    std::string body = m->framing.takeBody();
    if (body.empty() && !ended()) {
        m->step({});
        m->receive();
        body = m->framing.takeBody();
    }
    return body;
}

bool HttpExchange::ended() const { return !m->framing.hasBody() && (m->framing.ended() || m->closed); }

std::uint64_t HttpExchange::bytesSent() const {
    const auto waiting = static_cast<std::uint64_t>(std::max<qint64>(0, m->socket.bytesToWrite()));
    return m->handedOver - std::min(waiting, m->handedOver);
}

bool HttpExchange::requestComplete() const { return m->complete; }

} // namespace app
