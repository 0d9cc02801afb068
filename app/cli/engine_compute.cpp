// lectern engine logits, tokenize: the engine's numbers and ids, for comparison with other implementations.

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"

#include "app/backend/backend.h"
#include "app/resources.h"
#include "engine/logits_file.h"
#include "engine/tokenizer.h"

#include <chrono>
#include <thread>

namespace app::cli {

namespace {

using Json = nlohmann::ordered_json;

// A list of ids, or an object with one, as `engine tokenize --json` writes.
std::vector<std::int32_t> readTokens(const std::string& file) {
    const Json json = Json::parse(readFile(file), nullptr, false);
    const Json& list = json.is_object() && json.contains("ids") ? json["ids"] : json;
    if (!list.is_array()) throw UsageError("The file " + file + " holds no JSON list of token ids.", file);
    std::vector<std::int32_t> ids;
    for (const Json& id : list) {
        if (!id.is_number_integer() || id < 0 || id > INT32_MAX) throw UsageError("The file " + file + " holds something that is no token id.", file);
        ids.push_back(id.get<std::int32_t>());
    }
    return ids;
}

std::shared_ptr<const engine::Tokenizer> tokenizerOf(Invocation& call) {
    if (!call.has("model")) return engine::Tokenizer::fromFolder(resourcesFolder() / "tokenizer");
    std::filesystem::path file = call.value("model");
    if (std::filesystem::is_directory(file)) file /= "tokenizer.json";
    if (!std::filesystem::is_regular_file(file))
        throw UsageError("There is no tokenizer at " + file.string() + ".", "--model", "give a folder that holds a tokenizer.json");
    return engine::Tokenizer::fromJson(readFile(file, std::size_t{128} << 20));
}

} // namespace

int engineLogits(Invocation& call) {
    if (call.positional().size() != 2 || !call.has("tokens") || !call.has("out"))
        throw UsageError("lectern engine logits needs a model, --tokens and --out.", "logits", "lectern engine logits DIR --tokens IDS.json --out F.safetensors");
    const std::vector<std::int32_t> tokens = readTokens(call.value("tokens"));
    engine::LogitsOptions options;
    options.chunk = call.number("chunk", 0, 1, 1'000'000);
    options.decode = call.number("decode", 0, 0, static_cast<std::int64_t>(tokens.size()));
    options.hidden = call.has("hidden");
    options.onProgress = [&](std::int64_t done, std::int64_t total) { call.progress().update("Evaluating", done, total, "tokens", ""); };
    const auto began = std::chrono::steady_clock::now();
    try {
        const auto model = engine::openForComparison(call.positional()[1], call.value("device", "auto"), call.has("no-qat"));
        const bool done = engine::writeLogits(model, tokens, call.value("out"), options, call.stop());
        call.progress().clear();
        if (!done) return call.exitCode();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        call.print(call.value("out") + ": logits of " + std::to_string(tokens.size()) + " tokens in " + std::to_string(seconds) + " s");
        call.printJson({{"schema", "lectern.engine-logits/1"}, {"out", call.value("out")}, {"tokens", tokens.size()}, {"identity", model->identity()}, {"seconds", seconds}});
    } catch (const std::runtime_error& problem) {
        call.progress().clear();
        call.conditions().add(Exit::Engine, problem.what());
        call.note(problem.what());
        call.printJson({{"schema", "lectern.failure/1"}, {"exit", 5}, {"what", "The logits were not computed."}, {"about", call.positional()[1]}, {"cause", problem.what()}});
    }
    return call.exitCode();
}

int engineTokenize(Invocation& call) {
    const auto& files = call.positional();
    if (files.size() < 2) throw UsageError("lectern engine tokenize needs at least one file.", "tokenize", "lectern engine tokenize FILE…");
    const auto tokenizer = tokenizerOf(call);
    const auto added = call.has("no-special") ? engine::AddedTokens::Ignore : engine::AddedTokens::Match;
    const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (std::size_t i = 1; i < files.size() && !call.interrupted(); ++i) {
        std::error_code error;
        if (!std::filesystem::exists(files[i], error)) throw UsageError("There is no file " + files[i] + ".", files[i]);
        const std::vector<engine::TokenId> ids = tokenizer->encode(readFile(files[i]), added, threads);
        call.printJsonLine({{"file", files[i]}, {"ids", ids}});
        call.print(files[i] + ": " + std::to_string(ids.size()) + " tokens (" + tokenizer->name() + ")");
    }
    return call.exitCode();
}

} // namespace app::cli
