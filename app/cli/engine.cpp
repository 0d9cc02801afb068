// lectern engine: what engines there are, what one is and needs, what it computes, what it has proved able to do.

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"

#include "app/backend/engine_server.h"
#include "app/resources.h"

#include <cstdlib>

namespace app::cli {

namespace {

using Json = nlohmann::ordered_json;

int run(Invocation& call) {
    const std::string action = call.positional()[0];
    if (action == "info") return engineInfo(call);
    if (action == "logits") return engineLogits(call);
    if (action == "tokenize") return engineTokenize(call);
    if (action == "test") return engineTest(call);
    if (action == "bench") return engineBench(call);
    if (action == "complete") return engineComplete(call);
    return engineList(call);
}

} // namespace

int engineList(Invocation& call) {
    Json rows = Json::array();
    const Settings& settings = call.settings();
    const std::string chosen = settings.chosenEngine();
    const auto row = [&](const std::string& name, const std::string& kind, const std::string& what) {
        rows.push_back({{"name", name}, {"kind", kind}, {"what", what}, {"default", name == chosen}});
        call.print((name == chosen ? "* " : "  ") + name + "  " + what);
    };
    row("none", "none", "no model: checks, search, extracts, exact counts");
    if (hasBuiltInModel()) row("built-in", "embedded", "the small demo model that came with the program, on this machine");
    for (const Endpoint& endpoint : settings.endpoints) row(endpoint.name, "endpoint", endpoint.model + " at " + endpoint.url);
    if (chosen != "none" && chosen != "built-in" && settings.endpoint(chosen) == nullptr)
        row(chosen, "embedded", "a model folder, on this machine");
    call.printJson({{"schema", "lectern.engines/1"}, {"engines", rows}});
    return call.exitCode();
}

int engineServe(const std::vector<std::string>& arguments) {
    if (arguments.size() < 6) return 2; // nobody is there to read a sentence
    EmbeddedOptions options;
    options.model = arguments[2];
    options.device = arguments[3];
    options.window = std::atoll(arguments[4].c_str());
    if (arguments.size() > 7) {
        options.shelf = arguments[6];
        options.shelfBytes = std::strtoull(arguments[7].c_str(), nullptr, 10);
    }
    serveEngine(options, 0, std::atoi(arguments[5].c_str()));
}

const Command& engineCommand() {
    static const Command command{
        .name = "engine",
        .summary = "Engines: list them, look into a model, test what it can do, compute its logits, count its tokens",
        .positional = "list|info DIR|test [NAME]|bench DIR|complete DIR|logits DIR|tokenize FILE…",
        .minimum = 1,
        .maximum = -1,
        .options = {{"tokens", "FILE", "logits: the token ids, a JSON list"},
                    {"jobs", "FILE", "complete: JSON lines, each {\"turns\": [question, answer, …, question]} with \"context\", \"choices\", \"max_output\", or {\"score\": text}"},
                    {"out", "FILE", "logits: the safetensors file to write; complete: the JSON lines of answers, in the order of the jobs"},
                    {"device", "NAME", "logits, bench, complete: reference, simd, cuda:0 or auto (auto)"},
                    {"chunk", "N", "logits: tokens evaluated at a time (what the device prefers)"},
                    {"decode", "K", "logits: feed the last K tokens one at a time (0)"},
                    {"hidden", "", "logits: also hidden.{i} and index_topk.{i}", {}, Takes::Nothing},
                    {"no-qat", "", "logits, score: without the quantisation simulation of the checkpoint", {}, Takes::Nothing},
                    {"model", "DIR", "tokenize: the tokenizer of this model (the bundled V4 vocabulary)"},
                    {"no-special", "", "tokenize: spellings of added tokens are text, as in a corpus", {}, Takes::Nothing},
                    {"depths", "LIST", "bench: tokens of context, for example 4096,32768 (4096,32768)", {}, Takes::Value, false, true}},
        .codeOne = "test gives a lower level than stored",
        .actions = {"list", "info", "test", "bench", "complete", "logits", "tokenize"},
        .run = run,
    };
    return command;
}

} // namespace app::cli
