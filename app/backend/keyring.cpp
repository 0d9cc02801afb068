#include "app/backend/keyring.h"

#include "app/backend/backend.h"
#include "app/backend/endpoint_url.h"

#ifdef LECTERN_KEYCHAIN
#include <qt6keychain/keychain.h>

#include <QCoreApplication>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#endif

namespace app {

namespace {

[[noreturn]] void refuse(const std::string& sentence) {
    throw BackendError(BackendError::Cause::Configuration, sentence);
}

const char* const wayOut = " Name an environment variable that holds the key in the settings instead.";

} // namespace

std::string keyringEntry(const std::string& endpointUrl) {
    const EndpointUrl url = parseEndpointUrl(endpointUrl);
    return (url.tls ? "https://" : "http://") + url.authority();
}

#ifdef LECTERN_KEYCHAIN

namespace {

// QtKeychain's queue belongs to the thread that uses it first, and its answers come through that thread's
// event loop: all of it happens in one thread that lives as long as the application.
class RingThread {
public:
    static RingThread& instance() {
        static RingThread* const ring = new RingThread; // its thread ends with the application, see below
        return *ring;
    }

    struct Answer {
        QKeychain::Error error = QKeychain::OtherError;
        QString words, text;
    };
    // Starts `make()`'s job over there and waits for it.
    template<class Make>
    Answer ask(Make make) {
        if (m_ended) refuse("The program is ending: the key ring was not asked.");
        const auto promise = std::make_shared<std::promise<Answer>>();
        std::future<Answer> answer = promise->get_future();
        QMetaObject::invokeMethod(m_here, [promise, make] {
            QKeychain::Job* const job = make();
            job->setInsecureFallback(false);
            QObject::connect(job, &QKeychain::Job::finished, job, [promise](QKeychain::Job* done) {
                const auto* const read = qobject_cast<QKeychain::ReadPasswordJob*>(done);
                promise->set_value({done->error(), done->errorString(), read ? read->textData() : QString()});
            });
            job->start();
        });
        // Somebody may have to type the password of the ring first.
        if (answer.wait_for(std::chrono::minutes(3)) != std::future_status::ready)
            refuse(std::string("The key ring of this computer did not answer within 3 minutes: unlock it.") +
                   wayOut);
        return answer.get();
    }

private:
    RingThread() : m_here(new QObject) {
        m_thread.setObjectName("keyring");
        m_here->moveToThread(&m_thread);
        m_thread.start();
        qAddPostRoutine([] { instance().end(); });
    }
    void end() {
        m_ended = true;
        m_here->deleteLater();
        m_thread.quit();
        m_thread.wait(2000);
    }
    QThread m_thread;
    QObject* m_here;
    std::atomic<bool> m_ended = false;
};

QString service() {
    return QStringLiteral("lectern");
}

[[noreturn]] void explain(const RingThread::Answer& answer, const std::string& entry, const char* what) {
    std::string detail = answer.words.toStdString();
    while (!detail.empty() && (detail.back() == '.' || detail.back() == ' ' || detail.back() == '\n'))
        detail.pop_back();
    switch (answer.error) {
    case QKeychain::EntryNotFound:
        refuse("The key ring holds no key for " + entry + ": store it in the settings of the window." +
               wayOut);
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        refuse("The key ring refused " + std::string(what) + " the key for " + entry +
               ": unlock it and try again." + wayOut);
    default:
        refuse("No key ring answers on this computer" +
               (detail.empty() ? std::string() : " (" + detail + ")") + ", so the key for " + entry +
               " cannot be kept there: start a secret service such as gnome-keyring or KWallet." + wayOut);
    }
}

} // namespace

bool keyringBuiltIn() {
    return true;
}

Secret readKeyring(const std::string& entry) {
    auto answer = RingThread::instance().ask([entry] {
        auto* const job = new QKeychain::ReadPasswordJob(service());
        job->setKey(QString::fromStdString(entry));
        return job;
    });
    if (answer.error != QKeychain::NoError) explain(answer, entry, "to give");
    QByteArray bytes = answer.text.toUtf8();
    answer.text.fill(QChar(0));
    Secret key(std::string_view(bytes.constData(), std::size_t(bytes.size())));
    bytes.fill(0);
    if (key.empty())
        refuse("The key ring holds an empty key for " + entry +
               ": store it again in the settings of the window.");
    return key;
}

void writeKeyring(const std::string& entry, const Secret& key) {
    const auto answer = RingThread::instance().ask(
        [entry, text = QString::fromUtf8(key.reveal().data(), qsizetype(key.reveal().size()))] {
            auto* const job = new QKeychain::WritePasswordJob(service());
            job->setKey(QString::fromStdString(entry));
            job->setTextData(text);
            return job;
        });
    if (answer.error != QKeychain::NoError) explain(answer, entry, "to keep");
}

void removeKeyring(const std::string& entry) {
    const auto answer = RingThread::instance().ask([entry] {
        auto* const job = new QKeychain::DeletePasswordJob(service());
        job->setKey(QString::fromStdString(entry));
        return job;
    });
    if (answer.error != QKeychain::NoError && answer.error != QKeychain::EntryNotFound)
        explain(answer, entry, "to remove");
}

#else

bool keyringBuiltIn() {
    return false;
}

Secret readKeyring(const std::string& entry) {
    refuse("This program was built without QtKeychain and cannot ask the key ring for the key of " + entry +
           "." + wayOut);
}
void writeKeyring(const std::string& entry, const Secret&) {
    (void)readKeyring(entry);
}
void removeKeyring(const std::string&) {}

#endif

} // namespace app
