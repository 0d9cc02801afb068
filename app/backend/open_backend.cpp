// Who answers to a name given with --engine: nothing, the bundled model, a script, a saved endpoint, or a model on disk,
// which runs in a process of its own.

#include "app/backend/backend.h"
#include "app/backend/engine_measure.h"
#include "app/backend/engine_process.h"
#include "app/backend/openai_client.h"
#include "app/backend/scripted_backend.h"
#include "app/resources.h"
#include "app/settings.h"
#include "app/store/snapshot_shelf.h"

namespace app {

namespace {

using Cause = BackendError::Cause;
namespace fs = std::filesystem;

std::unique_ptr<Backend> openModel(const fs::path& model, const Settings& settings) {
    ProcessOptions options;
    options.engine.model = model;
    options.engine.shelf = defaultShelf(settings);
    options.engine.shelfBytes = settings.shelfBytes;
    return std::make_unique<EngineProcess>(std::move(options));
}

} // namespace

std::optional<fs::path> weightsOf(const std::string& engine, const Settings& settings) {
    if (engine.empty() || engine == "none" || engine.starts_with("script:") || settings.endpoint(engine)) return std::nullopt;
    if (engine == "built-in") return hasBuiltInModel() ? std::optional<fs::path>(builtInModel()) : std::nullopt;
    std::error_code error;
    return fs::exists(engine, error) ? std::optional<fs::path>(engine) : std::nullopt;
}

std::unique_ptr<Backend> openBackend(const std::string& engine, const Settings& settings, bool offline) {
    if (engine.empty() || engine == "none") return nullptr;
    if (engine == "built-in") {
        const fs::path model = builtInModel();
        if (model.empty())
            throw BackendError(Cause::Configuration, "This installation holds no built-in model; name a model folder, a saved endpoint, or “none”.");
        return openModel(model, settings);
    }
    if (engine.starts_with("script:")) return makeScriptedBackend(engine.substr(7));
    if (const Endpoint* endpoint = settings.endpoint(engine)) {
        if (offline || settings.offline)
            throw BackendError(Cause::Configuration, "The endpoint “" + engine + "” is a server, and this run is offline; name a local engine or drop --offline.");
        return makeOpenAiClient(*endpoint, settings, offline);
    }
    std::error_code error;
    if (fs::exists(engine, error)) return openModel(engine, settings);
    std::string known = "none, built-in";
    for (const Endpoint& endpoint : settings.endpoints) known += ", " + endpoint.name;
    throw BackendError(Cause::Configuration, "There is no engine “" + engine + "”: it is no model folder or file, and the known names are " + known + ".");
}

} // namespace app
