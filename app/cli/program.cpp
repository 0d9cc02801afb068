// One call of the program, but for the process around it: parse, run, catch, print. The only place of the command line
// that turns exceptions into exit codes.
#include "app/backend/backend.h"
#include "app/cli/command_line.h"
#include "app/cli/engine_parts.h"
#include "app/cli/terminal_text.h"
#include "app/context.h"
#include "app/resources.h"
#include "app/store/database.h"
#include "app/store/session_store.h"
#include "app/workspace.h"

#include <ostream>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

struct Failure {
    int exit = 0;
    std::string what, about, cause, cure;
};

std::string dump(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void tell(const Failure& failure, const Streams& streams, bool json) {
    *streams.err << "lectern: " << terminalText(failure.what) << (failure.cure.empty() ? "" : "\n  " + terminalText(failure.cure)) << '\n';
    if (!json)
        return;
    Json document = {{"schema", "lectern.failure/1"}, {"exit", failure.exit}, {"what", failure.what}, {"about", failure.about}, {"cause", failure.cause}};
    if (!failure.cure.empty())
        document["cure"] = failure.cure;
    *streams.out << dump(document) << std::flush;
}

Failure explain(std::exception_ptr problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const UsageError& error) {
        return {int(Exit::Usage), error.what(), error.about(), "usage", error.cure()};
    } catch (const BackendError& error) {
        // What the user set up wrongly is usage; what the engine did is the engine's.
        if (error.cause() == BackendError::Cause::Configuration)
            return {int(Exit::Usage), error.what(), "engine", "configuration", ""};
        return {int(Exit::Engine), error.what(), "engine", "engine", ""};
    } catch (const DatabaseError& error) {
        return {int(Exit::Usage), error.what(), "session", "session", ""};
    } catch (const std::bad_alloc&) {
        return {int(Exit::Engine), "There was not enough memory: read less, or on a larger machine.", "memory", "memory", ""};
    } catch (const std::exception& error) {
        return {int(Exit::Usage), error.what(), "", "refused", ""};
    }
}

} // namespace

int runCommandLine(const std::vector<std::string>& arguments, const Streams& streams, std::stop_token stop) {
    if (arguments.size() > 1 && arguments[0] == "engine" && arguments[1] == "serve")
        return engineServe(arguments); // the inside of the engine process: no command for people
    const bool json = wantsJson(arguments);
    ParsedLine line;
    std::unique_ptr<Invocation> invocation;
    try {
        line = parseCommandLine(arguments);
        if (line.has("version") && !line.has("help")) {
            *streams.out << "lectern " << version() << '\n' << std::flush;
            return 0;
        }
        if (line.has("help")) {
            *streams.out << helpText(line.command) << std::flush;
            return 0;
        }
        invocation = std::make_unique<Invocation>(*line.command, line.options, line.positional, streams, stop);
        const int code = line.command->run(*invocation);
        invocation->progress().clear();
        if (json && invocation->document())
            *streams.out << dump(*invocation->document());
        *streams.out << std::flush;
        const std::string status = code == int(Exit::Interrupted) ? "stopped"
                                   : invocation->conditions().has(Exit::Incomplete) || code == 4 || code == 5 ? "incomplete"
                                                                                                              : "complete";
        invocation->events().finished(status, code, invocation->conditions().texts());
        if (invocation->interrupted())
            invocation->note("Interrupted; what was done is kept.");
        return code;
    } catch (...) {
        if (invocation)
            invocation->progress().clear();
        Failure failure = explain(std::current_exception());
        // A stop that surfaced as an exception is still a stop.
        if (stop.stop_requested())
            failure.exit = int(Exit::Interrupted);
        tell(failure, streams, json);
        if (invocation)
            invocation->events().finished("failed", failure.exit, {failure.what});
        return failure.exit;
    }
}

} // namespace app::cli
