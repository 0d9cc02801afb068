// No request with the key over a peer that did not prove itself (P22): certificates made here by the openssl program,
// one local server each. The Authorization header must arrive once: at the server that is who it should be.
#include "app/backend/openai_client.h"
#include "tests/support/mock_server.h"

#include <QHostInfo>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cstdlib>

using namespace app;
using support::MockOptions;
using support::MockServer;

class TestTls : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void provenPeerIsServed();
    void intermediateIsFollowed();
    void refused_data();
    void refused();
    void plainHttpElsewhereIsRefused();
    void redirectsAreRefused();
    void proxyVariableIsIgnored();

private:
    void openssl(const QStringList& arguments, const QByteArray& what = {});
    // A key and a certificate signed by `issuer` (empty: by itself).
    void certificate(const QString& name, const QString& subjectNames, const QString& issuer, bool authority = false,
                     const QStringList& how = {}, const QString& begins = {}, const QString& ends = {});
    std::string path(const QString& name) const { return m_folder.filePath(name).toStdString(); }
    QString refusal(const MockServer& server, const std::string& url = {});

    QTemporaryDir m_folder;
};

void TestTls::openssl(const QStringList& arguments, const QByteArray& what) {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start("openssl", arguments);
    process.write(what);
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished(60'000));
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError() + arguments.join(' ').toUtf8());
}

void TestTls::certificate(const QString& name, const QString& subjectNames, const QString& issuer, bool authority,
                          const QStringList& how, const QString& begins, const QString& ends) {
    openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj",
             "/CN=" + name, "-sha256"});
    QFile extensions(m_folder.filePath(name + ".ext"));
    QVERIFY(extensions.open(QIODevice::WriteOnly));
    extensions.write(authority ? "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n"
                               : "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
    extensions.write("subjectKeyIdentifier=hash\n");
    if (!subjectNames.isEmpty())
        extensions.write("subjectAltName=" + subjectNames.toUtf8() + "\n");
    extensions.close();
    if (!begins.isEmpty()) { // only `ca` sets dates freely
        QFile(m_folder.filePath("index.txt")).open(QIODevice::WriteOnly);
        QFile serial(m_folder.filePath("serial.txt"));
        QVERIFY(serial.open(QIODevice::WriteOnly));
        serial.write("1000\n");
        serial.close();
        QFile config(m_folder.filePath("ca.cnf"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial.txt\nnew_certs_dir=.\ndefault_md=sha256\n"
                     "policy=p\nunique_subject=no\n[p]\ncommonName=supplied\n");
        config.close();
        openssl({"ca", "-batch", "-config", "ca.cnf", "-in", name + ".csr", "-out", name + ".pem", "-cert", issuer + ".pem",
                 "-keyfile", issuer + ".key", "-extfile", name + ".ext", "-startdate", begins, "-enddate", ends, "-notext"});
        return;
    }
    QStringList arguments{"x509", "-req", "-in", name + ".csr", "-out", name + ".pem", "-days", "30", "-extfile", name + ".ext"};
    if (how.isEmpty())
        arguments << "-sha256";
    arguments << how;
    if (issuer.isEmpty())
        arguments << "-signkey" << name + ".key";
    else
        arguments << "-CA" << issuer + ".pem" << "-CAkey" << issuer + ".key" << "-CAcreateserial";
    openssl(arguments);
}

void TestTls::initTestCase() {
    ::setenv("LECTERN_TLS_KEY", "test-key", 1);
    if (QStandardPaths::findExecutable("openssl").isEmpty())
        QSKIP("the openssl program is not installed");
    QVERIFY(m_folder.isValid());
    certificate("root", {}, {}, true);
    certificate("good", "IP:127.0.0.1,DNS:localhost", "root");
}

// The sentence of the refusal; empty when the call went through.
QString TestTls::refusal(const MockServer& server, const std::string& url) {
    ClientOptions options;
    options.name = "tls";
    options.url = url.empty() ? server.url() : url;
    options.model = "m";
    options.key.environment = "LECTERN_TLS_KEY";
    options.caFile = path("root.pem");
    options.connectTime = std::chrono::seconds(2);
    Request request;
    request.messages.resize(1);
    request.messages[0].text = "hello";
    try {
        makeOpenAiClient(options)->generate(request, {}, {});
        return {};
    } catch (const BackendError& error) {
        return QString::fromUtf8(error.what());
    }
}

void TestTls::provenPeerIsServed() {
    MockOptions options;
    options.certificateFile = path("good.pem");
    options.keyFile = path("good.key");
    MockServer server(options);
    QCOMPARE(refusal(server), QString());
    if (QHostInfo::fromName("localhost").addresses().isEmpty())
        QSKIP("this machine does not know localhost by name");
    QCOMPARE(refusal(server, "https://localhost:" + std::to_string(server.port())), QString());
    QCOMPARE(server.authorizationsSeen(), 2);
}

void TestTls::intermediateIsFollowed() {
    certificate("middle", {}, "root", true);
    certificate("below", "IP:127.0.0.1", "middle");
    MockOptions options;
    options.keyFile = path("below.key");
    options.certificateFile = path("below.pem"); // the chain without its middle
    MockServer alone(options);
    QVERIFY(!refusal(alone).isEmpty());
    QCOMPARE(alone.authorizationsSeen(), 0);
    QFile chain(m_folder.filePath("chain.pem"));
    QVERIFY(chain.open(QIODevice::WriteOnly));
    for (const char* part : {"below.pem", "middle.pem"}) {
        QFile file(m_folder.filePath(part));
        QVERIFY(file.open(QIODevice::ReadOnly));
        chain.write(file.readAll());
    }
    chain.close();
    options.certificateFile = path("chain.pem");
    MockServer whole(options);
    QCOMPARE(refusal(whole), QString());
}

void TestTls::refused_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("version");
    certificate("self", "IP:127.0.0.1", {});
    certificate("expired", "IP:127.0.0.1", "root", false, {}, "20200101000000Z", "20210101000000Z");
    certificate("future", "IP:127.0.0.1", "root", false, {}, "20900101000000Z", "20910101000000Z");
    certificate("otherhost", "DNS:api.deepseek.com", "root");
    certificate("otherip", "IP:10.1.2.3,DNS:localhost", "root");
    certificate("noname", {}, "root");
    certificate("wildcard", "DNS:*,DNS:*.0.0.1,DNS:*.com", "root");
    certificate("sha1", "IP:127.0.0.1", "root", false, {"-sha1"});
    certificate("stranger", {}, {}, true);
    certificate("foreign", "IP:127.0.0.1", "stranger");
    for (const char* name : {"self", "expired", "future", "otherhost", "otherip", "noname", "wildcard", "sha1", "foreign"})
        QTest::newRow(name) << QString(name) << 0;
    QTest::newRow("TLS 1.1") << QString("good") << 11;
}

void TestTls::refused() {
    QFETCH(QString, name);
    QFETCH(int, version);
    MockOptions options;
    options.certificateFile = path(name + ".pem");
    options.keyFile = path(name + ".key");
    options.tlsVersion = version;
    MockServer server(options);
    const QString sentence = refusal(server);
    QVERIFY2(sentence.contains("nothing was sent"), qPrintable(sentence));
    QVERIFY(server.connections() > 0);
    QCOMPARE(server.authorizationsSeen(), 0);
    QCOMPARE(server.requests().size(), std::size_t(0));
}

void TestTls::plainHttpElsewhereIsRefused() {
    MockOptions options;
    options.certificateFile = path("good.pem");
    options.keyFile = path("good.key");
    MockServer server(options);
    QVERIFY(refusal(server, "http://192.0.2.1:" + std::to_string(server.port())).contains("https://"));
    // Plain text to a TLS port, and TLS to a plain port: neither hands the key to anybody who understands it.
    QVERIFY(!refusal(server, "http://127.0.0.1:" + std::to_string(server.port())).isEmpty());
    MockServer plain;
    QVERIFY(refusal(plain, "https://127.0.0.1:" + std::to_string(plain.port())).contains("nothing was sent"));
    QCOMPARE(server.authorizationsSeen() + plain.authorizationsSeen(), 0);
}

void TestTls::redirectsAreRefused() {
    MockOptions options;
    options.certificateFile = path("good.pem");
    options.keyFile = path("good.key");
    MockServer server(options), otherPort(options), plain;
    for (const std::string& target : {otherPort.url(), plain.url(), std::string("https://api.example.com")}) {
        support::MockFault fault;
        fault.kind = support::MockFault::Kind::Redirect;
        fault.status = 307;
        fault.location = target + "/chat/completions";
        server.fault(fault);
        QVERIFY(refusal(server).contains("redirect"));
    }
    QCOMPARE(otherPort.connections() + plain.connections(), 0);
}

void TestTls::proxyVariableIsIgnored() {
    MockOptions options;
    options.certificateFile = path("good.pem");
    options.keyFile = path("good.key");
    MockServer server(options), proxy;
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"})
        ::setenv(name, proxy.url().c_str(), 1);
    QCOMPARE(refusal(server), QString());
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"})
        ::unsetenv(name);
    QCOMPARE(proxy.connections(), 0);
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
