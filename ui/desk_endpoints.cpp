// What the window asks of endpoints: the limits they report, and the key ring that keeps their keys.
#include "app/backend/keyring.h"
#include "app/backend/openai_client.h"

#include "ui/desk.h"
#include "ui/text.h"

namespace ui {

void Desk::testEndpoint(const app::Endpoint& endpoint, QObject* receiver,
                        std::function<void(const QString&)> said) {
    const QString name = q(endpoint.name);
    m_jobs->start<app::EndpointLimits>(
        "engine.test", receiver,
        [endpoint, offline = settings().offline](const app::JobContext& job) {
            return app::askModelLimits(app::clientOptions(endpoint, offline), job.stop());
        },
        [said, name](const app::EndpointLimits& limits) {
            const QString window = limits.window > 0 ? tr("window %1 tokens").arg(countText(limits.window))
                                                     : tr("its window is not said");
            said(limits.found ? tr("%1 answers and serves the model; %2").arg(name, window)
                              : tr("%1 answers, but does not list the model").arg(name));
        },
        said);
}

void Desk::storeKey(const app::Endpoint& endpoint, std::shared_ptr<app::Secret> key, QObject* receiver,
                    std::function<void(const QString&)> said) {
    m_jobs->start<bool>(
        "engine.key", receiver,
        [url = endpoint.url, key](const app::JobContext&) {
            app::writeKeyring(app::keyringEntry(url), *key);
            return true;
        },
        [said](bool) { said({}); }, said);
}

} // namespace ui
