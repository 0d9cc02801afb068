#include "app/backend/embedded_engine.h"

#include "app/backend/choice_decoder.h"
#include "app/backend/engine_levels.h"
#include "app/backend/model_folder.h"
#include "app/token_counter.h"
#include "engine/chat.h"
#include "engine/model.h"
#include "engine/not_finite.h"
#include "engine/sampler.h"
#include "engine/snapshot.h"
#include "engine/timeline.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <new>

namespace app {

namespace {

using Cause = BackendError::Cause;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t snapshotStep = 65536;   // tokens between snapshots of a long prefix
constexpr std::int64_t snapshotLeast = 512;    // a shorter prefix is evaluated sooner than found
constexpr double memoryShare = 0.7;            // of what is available, for the context

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

engine::ChatRole roleOf(Role role) {
    switch (role) {
    case Role::System: return engine::ChatRole::System;
    case Role::User: return engine::ChatRole::User;
    case Role::Assistant: return engine::ChatRole::Assistant;
    case Role::Tool: return engine::ChatRole::Tool;
    }
    return engine::ChatRole::User;
}

std::vector<engine::ChatMessage> chatMessages(const std::vector<Message>& messages) {
    std::vector<engine::ChatMessage> list;
    for (const Message& message : messages) {
        engine::ChatMessage chat;
        chat.role = roleOf(message.role);
        chat.text = message.text;
        chat.reasoning = message.reasoning;
        chat.toolCallId = message.toolCallId;
        chat.sampled = message.sampled;
        for (const ToolCall& call : message.calls) {
            chat.calls.push_back({call.name, call.arguments});
            chat.callIds.push_back(call.id);
        }
        list.push_back(std::move(chat));
    }
    return list;
}

engine::ChatOptions chatOptions(const Request& request, const engine::Model& model) {
    engine::ChatOptions options;
    options.thinking = request.thinking;
    options.effort = static_cast<engine::ChatEffort>(request.effort);
    // Checkpoints that carry a DSpark draft are those of July and later (v4-formats.md 1.1, 4.4).
    options.edition = model.weights().configText().find("\"dspark_block_size\"") != std::string::npos
                          ? engine::ChatEdition::July
                          : engine::ChatEdition::April;
    for (const ToolSpec& tool : request.tools) {
        const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); };
        options.tools.push_back("{\"name\": " + quoted(tool.name) + ", \"description\": " + quoted(tool.description) +
                                ", \"parameters\": " + (tool.parameters.empty() ? "{}" : tool.parameters) + "}");
    }
    return options;
}

std::int64_t commonPrefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

// One vocabulary of exceptions above: what the engine throws becomes a BackendError with the same sentence.
template<class Work>
auto translated(Work work) {
    try {
        return work();
    } catch (const BackendError&) {
        throw;
    } catch (const engine::NotFinite& error) {
        throw BackendError(Cause::NotFinite, error.what());
    } catch (const std::bad_alloc&) {
        throw BackendError(Cause::BrokeOff, "There is not enough memory for this context; choose a smaller window.");
    } catch (const std::exception& error) {
        throw BackendError(Cause::BrokeOff, error.what());
    }
}

} // namespace

struct EmbeddedEngine::Run {
    const Request& request;
    const Continuation& continuation;
    const std::function<void(const Event&)>& onEvent;
    std::stop_token stop;
    Clock::time_point began = Clock::now();
    engine::ChatPrompt prompt;
    Reply reply;
    std::int64_t cached = -1; // tokens of the prompt that needed no evaluation

    void say(Event event) const {
        if (onEvent) onEvent(event);
    }
    void state(const std::string& words) const {
        Event event;
        event.type = Event::Type::State;
        event.text = words;
        say(event);
    }
    void took(std::int32_t token) {
        reply.message.sampled.push_back(token);
        ++reply.usage.output;
        if (continuation.onToken) continuation.onToken(token);
    }
};

EmbeddedEngine::EmbeddedEngine(EmbeddedOptions options) : m_options(std::move(options)) {
    try {
        const ModelWords words = modelWords(m_options.model);
        m_model = engine::Model::open(m_options.model, m_options.device);
        const engine::ModelConfig& config = m_model->config();
        const ChosenTokenizer chosen = chooseTokenizer(m_model->weights().tokenizerText(), config.vocabulary);
        m_tokenizer = chosen.tokenizer;
        std::int64_t window = config.maxPositions;
        if (const std::uint64_t memory = availableMemory(); memory > 0)
            window = std::min(window, windowFor(config, static_cast<std::uint64_t>(static_cast<double>(memory) * memoryShare)));
        if (m_options.window > 0) window = std::min(window, m_options.window);
        if (window < 16)
            throw std::runtime_error("There is not enough memory for a context of this model; close other programs.");
        m_timeline = std::make_unique<engine::Timeline>(m_model, window);
        if (!m_options.shelf.empty()) m_shelf = std::make_unique<SnapshotShelf>(m_options.shelf, m_options.shelfBytes);

        m_info.name = "embedded";
        m_info.model = words.name;
        m_info.fingerprint = m_model->weights().fingerprint() + "-" + m_tokenizer->fingerprint();
        m_info.window = window;
        m_info.maxOutput = window;
        m_info.demo = words.demo;
        m_info.note = words.note;
        if (!chosen.note.empty()) m_info.note += (m_info.note.empty() ? "" : "; ") + chosen.note;
        m_info.level = storedLevel(m_info.fingerprint);
    } catch (const std::bad_alloc&) {
        throw BackendError(Cause::Refused, "The model in " + m_options.model.string() + " does not fit this machine's memory.");
    } catch (const std::exception& error) {
        throw BackendError(Cause::Refused, error.what());
    }
}

EmbeddedEngine::~EmbeddedEngine() = default;

std::shared_ptr<const TokenCounter> EmbeddedEngine::counter() { return makeExact(m_tokenizer); }

int EmbeddedEngine::vocabulary() const { return m_model->config().vocabulary; }

// The tokens that every request with this shared prefix begins with, whatever follows.
std::int64_t EmbeddedEngine::stableTokens(const Request& request, const std::vector<std::int32_t>& tokens) const {
    if (request.stableMessages == 0 || request.stableMessages > request.messages.size()) return 0;
    const std::vector<Message> stable(request.messages.begin(), request.messages.begin() + static_cast<std::ptrdiff_t>(request.stableMessages));
    const engine::ChatPrompt prompt = engine::renderChat(*m_tokenizer, chatMessages(stable), chatOptions(request, *m_model));
    return commonPrefix(std::span(prompt.tokens).first(prompt.ends.back()), tokens);
}

Reply EmbeddedEngine::generateFrom(const Request& request, const Continuation& continuation,
                                   const std::function<void(const Event&)>& onEvent, std::stop_token stop) {
    const std::lock_guard lock(m_mutex);
    return translated([&] {
        Run run{request, continuation, onEvent, stop};
        run.reply.message.role = Role::Assistant;
        run.reply.reportedModel = m_info.model;
        run.prompt = engine::renderChat(*m_tokenizer, chatMessages(request.messages), chatOptions(request, *m_model));
        std::vector<std::int32_t>& tokens = run.prompt.tokens;
        const auto endThink = m_tokenizer->added("</think>");
        // A choice is made without reasoning: a turn whose reasoning is empty.
        if (!request.choices.empty() && tokens.back() == m_tokenizer->added("<think>") && endThink) tokens.push_back(*endThink);
        const auto promptSize = static_cast<std::int64_t>(tokens.size());
        if (promptSize >= m_info.window)
            throw BackendError(Cause::BadRequest, "The text has " + std::to_string(promptSize) + " tokens and the engine's window holds " +
                                                      std::to_string(m_info.window) + "; leave something out.");
        const std::int64_t stable = stableTokens(request, tokens);
        tokens.insert(tokens.end(), continuation.sampled.begin(), continuation.sampled.end());
        const bool finished = prefill(run, tokens, stable);
        run.reply.usage.inputCached = std::min(std::max<std::int64_t>(run.cached, 0), promptSize);
        run.reply.usage.inputUncached = std::max<std::int64_t>(0, std::min(m_timeline->size(), promptSize) - run.reply.usage.inputCached);
        if (!finished) run.reply.finish = "stopped";
        else if (request.choices.empty()) decode(run);
        else choose(run);
        run.reply.usage.seconds = secondsSince(run.began);
        return run.reply;
    });
}

// Looks for a snapshot that saves more than the timeline already holds.
void EmbeddedEngine::restore(Run& run, std::span<const std::int32_t> tokens) {
    if (!m_shelf) return;
    const std::int64_t held = commonPrefix(m_timeline->tokens(), tokens);
    const auto entry = m_shelf->best(m_model->identity(), tokens, held + snapshotLeast / 2);
    if (!entry) return;
    try {
        const engine::SnapshotOutcome outcome = engine::restoreSnapshot(*m_timeline, entry->file, entry->tokensSha256, run.stop);
        if (outcome.state == engine::SnapshotOutcome::State::Restored) {
            m_shelf->touch(*entry);
            run.state("continued from a snapshot of " + std::to_string(entry->tokens) + " tokens");
        } else if (outcome.state == engine::SnapshotOutcome::State::Rejected) {
            m_shelf->forget(*entry);
            run.state("a snapshot was set aside: " + outcome.reason);
        }
    } catch (const std::runtime_error& error) {
        run.state(std::string("a snapshot could not be used: ") + error.what()); // it costs time, never correctness
    }
}

// The timeline as it is, unless the shelf has it.
void EmbeddedEngine::save(std::stop_token stop) {
    const SnapshotEntry entry = m_shelf->plan(m_model->identity(), m_info.model, m_timeline->tokens(), {});
    if (!m_shelf->has(entry) && engine::saveSnapshot(*m_timeline, entry.file, stop)) m_shelf->add(entry);
}

// Evaluates `tokens`, in stretches that end where a snapshot belongs. False when stopped.
bool EmbeddedEngine::prefill(Run& run, std::span<const std::int32_t> tokens, std::int64_t stable) {
    restore(run, tokens);
    const auto total = static_cast<std::int64_t>(tokens.size());
    const std::int64_t held = commonPrefix(m_timeline->tokens(), tokens);
    std::vector<std::int64_t> borders;
    for (const std::size_t end : run.prompt.ends) borders.push_back(static_cast<std::int64_t>(end));
    borders.push_back(stable);
    std::sort(borders.begin(), borders.end());
    std::vector<std::int64_t> stretches;
    for (std::int64_t end = (held / snapshotStep + 1) * snapshotStep; m_shelf && end < stable; end += snapshotStep) stretches.push_back(end);
    if (m_shelf && stable > held && stable < total && stable >= snapshotLeast) stretches.push_back(stable);
    stretches.push_back(total);

    const Clock::time_point start = Clock::now();
    engine::SyncOptions options;
    options.borders = borders;
    options.onProgress = [&](std::int64_t done, std::int64_t) {
        if (run.cached < 0) run.cached = done;
        Event event;
        event.type = Event::Type::Prefill;
        event.done = done;
        event.cached = run.cached;
        event.total = total;
        const double seconds = secondsSince(start);
        if (done > run.cached && seconds > 0) {
            event.tokensPerSecond = static_cast<double>(done - run.cached) / seconds;
            event.secondsLeft = static_cast<double>(total - done) / event.tokensPerSecond;
        }
        run.say(event);
    };
    for (const std::int64_t end : stretches) {
        if (m_timeline->sync(tokens.first(static_cast<std::size_t>(end)), options, run.stop).stopped) return false;
        if (end == total) break;
        try {
            save(run.stop);
        } catch (const std::exception& error) {
            run.state(std::string("no snapshot was kept: ") + error.what()); // a full disk stops nobody's work
        }
    }
    return !run.stop.stop_requested();
}

void EmbeddedEngine::decode(Run& run) {
    const Request& request = run.request;
    const bool thinking = request.thinking;
    bool quiet = true; // events of tokens sampled before an interruption were delivered then
    engine::ChatParser parser(*m_tokenizer, thinking, [&](const engine::ChatDelta& delta) {
        if (quiet) return;
        Event event;
        event.type = delta.type == engine::ChatDelta::Type::Call        ? Event::Type::ToolCall
                     : delta.type == engine::ChatDelta::Type::Reasoning ? Event::Type::Reasoning
                                                                        : Event::Type::Text;
        event.text = delta.text;
        run.say(event);
    });
    engine::Sampler sampler({request.temperature, request.topP, request.seed});
    sampler.forbid(engine::unspeakableTokens(*m_tokenizer));
    std::vector<std::int32_t> nameless; // rows of the embedding that no token has
    for (std::int32_t id = m_tokenizer->size(); id < m_model->config().vocabulary; ++id) nameless.push_back(id);
    sampler.forbid(nameless);
    const std::vector<std::int32_t> ends = engine::endTokens(*m_tokenizer);
    const auto endThink = m_tokenizer->added("</think>");
    bool reasoning = thinking && endThink.has_value();

    const auto take = [&](std::int32_t token) {
        parser.token(token);
        if (reasoning) ++run.reply.usage.reasoning;
        reasoning = reasoning && token != *endThink;
        return std::find(ends.begin(), ends.end(), token) != ends.end();
    };
    bool ended = false;
    for (const std::int32_t token : run.continuation.sampled) {
        run.reply.message.sampled.push_back(token);
        ++run.reply.usage.output;
        sampler.skip();
        ended = take(token);
    }
    quiet = false;
    run.reply.finish = "stop";
    while (!ended) {
        if (run.stop.stop_requested()) {
            run.reply.finish = "stopped";
            break;
        }
        if (run.reply.usage.output >= request.maxOutput || m_timeline->size() >= m_timeline->capacity()) {
            run.reply.finish = "length";
            break;
        }
        const std::int32_t token = sampler.next(m_timeline->logits());
        ended = take(token);
        run.took(token);
        if (!ended) m_timeline->next(token);
    }
    engine::ChatTurn turn = parser.finish();
    Message& message = run.reply.message;
    message.text = std::move(turn.text);
    message.reasoning = std::move(turn.reasoning);
    if (turn.leaked) run.state("the answer holds tool markup that is no valid call; it was kept as text");
    for (engine::ChatToolCall& call : turn.calls)
        message.calls.push_back({"call_" + std::to_string(m_timeline->size()) + "_" + std::to_string(message.calls.size()),
                                 std::move(call.name), std::move(call.arguments)});
    if (!message.calls.empty() && run.reply.finish == "stop") run.reply.finish = "tool_calls";
}

// The answer must be one of the choices: every token that continues none of them is out of the question.
void EmbeddedEngine::choose(Run& run) {
    ChoiceDecoder decoder(*m_tokenizer, run.request.choices);
    engine::Sampler sampler({run.request.temperature, run.request.topP, run.request.seed});
    for (const std::int32_t token : run.continuation.sampled) {
        decoder.take(token);
        sampler.skip();
        run.reply.message.sampled.push_back(token);
        ++run.reply.usage.output;
    }
    run.reply.finish = "stop";
    while (!decoder.decided()) {
        if (run.stop.stop_requested()) {
            run.reply.finish = "stopped";
            return;
        }
        if (m_timeline->size() >= m_timeline->capacity())
            throw BackendError(Cause::BadRequest, "The window is full before a choice was made; leave something out.");
        const std::int32_t token = sampler.next(m_timeline->logits(), decoder.allowed());
        decoder.take(token);
        run.took(token);
        if (!decoder.decided()) m_timeline->next(token);
    }
    for (const std::int32_t token : decoder.rest()) run.took(token); // nothing is left to decide
    run.reply.message.text = decoder.choice();
    Event event;
    event.text = run.reply.message.text;
    run.say(event);
}

} // namespace app
