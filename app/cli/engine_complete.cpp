// lectern engine complete: a file of small jobs through one opened model, for evaluation by scripts: chats
// answered greedily, choices made, and the log-probability of given text. One JSON line in, one JSON line
// out, in order.

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"

#include "app/backend/embedded_engine.h"
#include "app/backend/model_folder.h"
#include "app/resources.h"
#include "engine/logits_file.h"
#include "engine/timeline.h"
#include "engine/tokenizer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

namespace app::cli {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

// Opens what a line needs, once: many files hold only chats, or only texts.
class Completer {
public:
    Completer(Invocation& call, std::filesystem::path model)
        : m_call(call), m_path(std::move(model)), m_device(call.value("device", "auto")) {}

    // {"context": text, "turns": [question, answer, …, question], "choices": [text…], "max_output": n}; a context stands
    // before the first question, an empty line between them.
    Json answer(const Json& job) {
        if (!m_engine) {
            EmbeddedOptions options;
            options.model = m_path;
            options.device = m_device;
            m_engine = std::make_unique<EmbeddedEngine>(options);
        }
        Request request;
        request.thinking = false;
        if (job.contains("context")) {
            Message message;
            message.text = job.at("context").get<std::string>();
            request.messages.push_back(std::move(message));
            request.stableMessages = 1; // what the next job begins with is not evaluated again
        }
        std::size_t turns = 0;
        for (const Json& turn : job.at("turns")) {
            Message message;
            message.role = turns++ % 2 == 0 ? Role::User : Role::Assistant;
            message.text = turn.get<std::string>();
            request.messages.push_back(std::move(message));
        }
        if (turns % 2 == 0) throw std::runtime_error("\"turns\" must end with a question");
        if (job.contains("choices")) request.choices = job.at("choices").get<std::vector<std::string>>();
        request.maxOutput = job.value("max_output", 64);
        const auto began = Clock::now();
        const Reply reply = m_engine->generate(request, {}, m_call.stop());
        return {{"text", reply.message.text},
                {"finish", reply.finish},
                {"input_uncached", reply.usage.inputUncached},
                {"input_cached", reply.usage.inputCached},
                {"output", reply.usage.output},
                {"seconds", since(began)}};
    }

    // {"score": text}: what the model gives the text's tokens behind the start token, in nats.
    Json score(const Json& job) {
        if (!m_model) {
            m_model = engine::openForComparison(m_path, m_device, m_call.has("no-qat"));
            m_tokenizer =
                chooseTokenizer(m_model->weights().tokenizerText(), m_model->config().vocabulary).tokenizer;
        }
        const std::string text = job.at("score").get<std::string>();
        std::vector<std::int32_t> tokens{m_model->config().bosToken};
        const auto ids = m_tokenizer->encode(text, engine::AddedTokens::Ignore, 1);
        tokens.insert(tokens.end(), ids.begin(), ids.end());
        double nats = 0;
        engine::SyncOptions options;
        options.observer.logits = [&](std::int64_t position, std::span<const float> logits) {
            const auto width = static_cast<std::size_t>(m_model->config().vocabulary);
            for (std::size_t row = 0; row * width < logits.size(); ++row) {
                const std::size_t next = static_cast<std::size_t>(position) + row + 1;
                if (next < tokens.size())
                    nats -= logProbability(logits.subspan(row * width, width), tokens[next]);
            }
        };
        const auto began = Clock::now();
        engine::Timeline timeline(m_model, static_cast<std::int64_t>(tokens.size()));
        timeline.sync(tokens, options, m_call.stop());
        return {{"nats", nats}, {"tokens", ids.size()}, {"bytes", text.size()}, {"seconds", since(began)}};
    }

private:
    static double logProbability(std::span<const float> logits, std::int32_t token) {
        const double most = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
        double sum = 0;
        for (const float one : logits) sum += std::exp(static_cast<double>(one) - most);
        return static_cast<double>(logits[static_cast<std::size_t>(token)]) - most - std::log(sum);
    }

    Invocation& m_call;
    std::filesystem::path m_path;
    std::string m_device;
    std::unique_ptr<EmbeddedEngine> m_engine;
    std::shared_ptr<const engine::Model> m_model;
    std::shared_ptr<const engine::Tokenizer> m_tokenizer;
};

} // namespace

int engineComplete(Invocation& call) {
    if (call.positional().size() != 2 || !call.has("jobs") || !call.has("out"))
        throw UsageError("lectern engine complete needs a model, --jobs and --out.", "complete",
                         "lectern engine complete DIR --jobs IN.jsonl --out OUT.jsonl");
    const std::filesystem::path model =
        call.positional()[1] == "built-in" ? builtInModel() : std::filesystem::path(call.positional()[1]);
    std::istringstream in(readFile(call.value("jobs")));
    std::ofstream out(call.value("out"), std::ios::binary | std::ios::trunc);
    if (!out) throw UsageError("The file " + call.value("out") + " cannot be written.", call.value("out"));
    Completer completer(call, model);
    std::int64_t number = 0;
    try {
        for (std::string line; std::getline(in, line) && !call.interrupted();) {
            ++number;
            const Json job = Json::parse(line, nullptr, false);
            if (!job.is_object() || (!job.contains("turns") && !job.contains("score")))
                throw std::runtime_error("it is no JSON object with \"turns\" or \"score\"");
            Json result = job.contains("score") ? completer.score(job) : completer.answer(job);
            result["id"] = job.value("id", Json(number));
            out << result.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
            call.progress().update("Completing", number, 0, "jobs", "");
        }
    } catch (const std::exception& problem) {
        call.progress().clear();
        const std::string cause =
            "Line " + std::to_string(number) + " of " + call.value("jobs") + ": " + problem.what() + ".";
        call.conditions().add(Exit::Engine, cause);
        call.note(cause);
    }
    call.progress().clear();
    call.print(call.value("out") + ": " + std::to_string(number) + " jobs");
    call.printJson({{"schema", "lectern.engine-complete/1"}, {"out", call.value("out")}, {"jobs", number}});
    return call.exitCode();
}

} // namespace app::cli
