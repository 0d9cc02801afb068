#include "engine/chat.h"

#include "engine/chat_json.h"
#include "engine/chat_literals.h"

#include <algorithm>
#include <stdexcept>

namespace engine {

namespace {

using namespace literals;

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

// Collects text until a control token ends it: text that meets is encoded in one go, as the checkpoints saw it.
class Prompt {
public:
    explicit Prompt(const Tokenizer& tokenizer, std::size_t messages) : m_tokenizer(tokenizer) { m_prompt.ends.resize(messages); }

    void text(std::string_view data) { m_pending += data; }
    void control(std::string_view spelling) {
        const std::optional<TokenId> id = m_tokenizer.added(spelling);
        if (!id)
            throw std::runtime_error("The vocabulary “" + m_tokenizer.name() + "” has no token " + std::string(spelling) +
                                     ", so no chat can be written with it; use the model's own tokenizer.json.");
        flush();
        m_prompt.tokens.push_back(*id);
    }
    // A wire literal: its spellings of control tokens are tokens.
    void literal(std::string_view words) {
        while (!words.empty()) {
            std::size_t at = std::string_view::npos;
            std::string_view found;
            for (const std::string_view spelling : {think, endThink, dsml})
                if (const std::size_t place = words.find(spelling); place < at) {
                    at = place;
                    found = spelling;
                }
            text(words.substr(0, at));
            if (at == std::string_view::npos) return;
            control(found);
            words.remove_prefix(at + found.size());
        }
    }
    void tokens(const std::vector<TokenId>& ids) {
        flush();
        m_prompt.tokens.insert(m_prompt.tokens.end(), ids.begin(), ids.end());
    }
    void endOf(const std::vector<std::size_t>& messages) {
        m_open.insert(m_open.end(), messages.begin(), messages.end());
        if (m_pending.empty()) settle();
    }
    ChatPrompt take() {
        flush();
        settle();
        return std::move(m_prompt);
    }

private:
    void flush() {
        if (!m_pending.empty()) {
            const std::vector<TokenId> ids = m_tokenizer.encode(m_pending, AddedTokens::Ignore, 2);
            m_prompt.tokens.insert(m_prompt.tokens.end(), ids.begin(), ids.end());
            m_pending.clear();
        }
        settle();
    }
    void settle() {
        for (const std::size_t message : m_open) m_prompt.ends[message] = m_prompt.tokens.size();
        m_open.clear();
    }

    const Tokenizer& m_tokenizer;
    ChatPrompt m_prompt;
    std::string m_pending;
    std::vector<std::size_t> m_open; // messages whose last text is still pending
};

// One rendered turn: a message, or several user messages and tool results merged.
struct Turn {
    struct Block {
        bool result = false;
        std::string id;
        std::string_view text;
    };
    const ChatMessage* message = nullptr;
    ChatRole role = ChatRole::User;
    std::vector<Block> blocks; // users only
    std::string_view task;
    std::vector<std::size_t> sources;
    bool tools = false; // the tools block goes here
};

std::vector<Turn> merge(const std::vector<ChatMessage>& messages) {
    std::vector<Turn> turns;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const ChatMessage& message = messages[i];
        const bool result = message.role == ChatRole::Tool;
        if (!result && message.role != ChatRole::User) {
            turns.push_back({&message, message.role, {}, message.task, {i}});
            continue;
        }
        const Turn::Block block{result, message.toolCallId, message.text};
        const bool append = !turns.empty() && turns.back().role == ChatRole::User && (result || turns.back().task.empty());
        if (!append) turns.push_back({&message, ChatRole::User, {}, {}, {}});
        turns.back().blocks.push_back(block);
        turns.back().sources.push_back(i);
        if (!result && !message.task.empty()) turns.back().task = message.task;
    }
    return turns;
}

// Results in the order of the calls they answer; text blocks keep their places.
void sortResults(std::vector<Turn>& turns) {
    std::vector<std::string> order;
    for (Turn& turn : turns) {
        if (turn.role == ChatRole::Assistant && !turn.message->calls.empty()) order = turn.message->callIds;
        if (turn.role != ChatRole::User) continue;
        std::vector<Turn::Block> results;
        for (const Turn::Block& block : turn.blocks)
            if (block.result) results.push_back(block);
        if (results.size() < 2) continue;
        const auto place = [&](const Turn::Block& block) {
            const auto found = std::find(order.begin(), order.end(), block.id);
            return found == order.end() ? 0 : found - order.begin();
        };
        std::stable_sort(results.begin(), results.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
        auto next = results.begin();
        for (Turn::Block& block : turn.blocks)
            if (block.result) block = *next++;
    }
}

class Renderer {
public:
    Renderer(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, const ChatOptions& options)
        : m_tokenizer(tokenizer), m_options(options), m_turns(merge(messages)), m_prompt(tokenizer, messages.size()),
          m_drop(options.dropThinking && options.tools.empty()), m_unspeakable(unspeakableTokens(tokenizer)) {
        sortResults(m_turns);
        std::sort(m_unspeakable.begin(), m_unspeakable.end());
    }

    ChatPrompt render() {
        placeTools();
        if (m_options.thinking && m_drop) forgetDevelopers();
        m_lastUser = nobody;
        for (std::size_t i = 0; i < m_turns.size(); ++i)
            if (m_turns[i].role == ChatRole::User || m_turns[i].role == ChatRole::Developer) m_lastUser = i;
        if (m_options.start) {
            m_prompt.control(start);
            if (m_options.thinking) m_prompt.text(effortText());
        }
        for (std::size_t i = 0; i < m_turns.size(); ++i) {
            turn(i);
            m_prompt.endOf(m_turns[i].sources);
            const bool last = i + 1 == m_turns.size();
            if (last || m_turns[i + 1].role == ChatRole::Assistant || m_turns[i + 1].role == ChatRole::LatestReminder)
                transition(i);
        }
        return m_prompt.take();
    }

private:
    std::string_view effortText() const {
        const bool july = m_options.edition == ChatEdition::July;
        switch (m_options.effort) {
        case ChatEffort::Low: return {};
        case ChatEffort::High: return july ? effortA : std::string_view{};
        case ChatEffort::Max: return july ? effortB : effortA;
        }
        return {};
    }

    // The tools are part of the first system message; without one an empty one is written.
    void placeTools() {
        if (m_options.tools.empty()) return;
        auto place = std::find_if(m_turns.begin(), m_turns.end(), [](const Turn& t) { return t.role == ChatRole::System; });
        if (place == m_turns.end()) {
            place = std::find_if(m_turns.begin(), m_turns.end(), [](const Turn& t) { return t.role == ChatRole::Developer; });
            if (place == m_turns.end()) place = m_turns.insert(m_turns.begin(), Turn{&m_empty, ChatRole::System, {}, {}, {}});
        }
        place->tools = true;
    }

    void forgetDevelopers() {
        std::size_t lastUser = nobody;
        for (std::size_t i = 0; i < m_turns.size(); ++i)
            if (m_turns[i].role == ChatRole::User || m_turns[i].role == ChatRole::Developer) lastUser = i;
        std::vector<Turn> kept;
        for (std::size_t i = 0; i < m_turns.size(); ++i)
            if (m_turns[i].role != ChatRole::Developer || i >= lastUser) kept.push_back(std::move(m_turns[i]));
        m_turns = std::move(kept);
    }

    // Whether reasoning shows at turn i: always unless forgotten; then only from the last user's turn on.
    bool remembers(std::size_t i) const { return !m_drop || m_lastUser == nobody || i >= m_lastUser; }

    void turn(std::size_t i) {
        const Turn& turn = m_turns[i];
        switch (turn.role) {
        case ChatRole::System:
            m_prompt.text(turn.message->text);
            appendices(turn);
            break;
        case ChatRole::Developer:
            if (turn.message->text.empty())
                throw std::runtime_error("A developer message without text cannot be written; give it a text or leave it out.");
            m_prompt.control(user);
            m_prompt.text(turn.message->text);
            appendices(turn);
            break;
        case ChatRole::LatestReminder:
            m_prompt.control(latestReminder);
            m_prompt.text(turn.message->text);
            break;
        case ChatRole::Assistant:
            assistantTurn(i);
            break;
        case ChatRole::User:
        case ChatRole::Tool: // merged into users
            m_prompt.control(user);
            for (std::size_t b = 0; b < turn.blocks.size(); ++b) {
                const Turn::Block& block = turn.blocks[b];
                if (b > 0) m_prompt.text("\n\n");
                m_prompt.text(block.result ? "<tool_result>" : "");
                m_prompt.text(block.text);
                m_prompt.text(block.result ? "</tool_result>" : "");
            }
            break;
        }
    }

    void appendices(const Turn& turn) {
        if (turn.tools) {
            m_prompt.text("\n\n");
            m_prompt.literal(toolsBefore);
            for (std::size_t i = 0; i < m_options.tools.size(); ++i) {
                if (i > 0) m_prompt.text("\n");
                m_prompt.text(chatJson(m_options.tools[i]));
            }
            m_prompt.literal(toolsAfter);
        }
        if (!turn.message->responseFormat.empty()) {
            m_prompt.text("\n\n");
            m_prompt.text(formatBefore);
            m_prompt.text(chatJson(turn.message->responseFormat));
        }
    }

    bool replayable(const std::vector<TokenId>& ids) const {
        return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](TokenId id) {
            return id >= 0 && id < m_tokenizer.size() &&
                   !std::binary_search(m_unspeakable.begin(), m_unspeakable.end(), id);
        });
    }

    void assistantTurn(std::size_t i) {
        const ChatMessage& message = *m_turns[i].message;
        const bool afterTask = i > 0 && !m_turns[i - 1].task.empty();
        const bool thinks = m_options.thinking && !afterTask && (!m_drop || i > m_lastUser || m_lastUser == nobody);
        if ((thinks || !m_options.thinking) && replayable(message.sampled)) {
            m_prompt.tokens(message.sampled);
            if (!message.open && message.sampled.back() != m_tokenizer.added(end)) m_prompt.control(end);
            return;
        }
        if (thinks) {
            m_prompt.text(message.reasoning);
            m_prompt.control(endThink);
        }
        m_prompt.text(message.text);
        if (!message.calls.empty()) toolCalls(message.calls);
        if (!message.open) m_prompt.control(end);
    }

    void tag(std::string_view open, std::string_view rest) {
        m_prompt.text(open);
        m_prompt.control(dsml);
        m_prompt.text(rest);
    }

    void toolCalls(const std::vector<ChatToolCall>& calls) {
        tag("\n\n<", "tool_calls>\n");
        for (const ChatToolCall& call : calls) {
            tag("<", "invoke name=\"");
            m_prompt.text(call.name);
            m_prompt.text("\">\n");
            std::vector<JsonMember> members;
            if (auto parsed = jsonMembers(call.arguments)) members = std::move(*parsed);
            else members.push_back({"arguments", true, call.arguments});
            for (std::size_t i = 0; i < members.size(); ++i) {
                tag(i > 0 ? "\n<" : "<", "parameter name=\"");
                m_prompt.text(members[i].key);
                m_prompt.text(members[i].isString ? "\" string=\"true\">" : "\" string=\"false\">");
                m_prompt.text(members[i].value);
                tag("</", "parameter>");
            }
            tag("\n</", "invoke>\n");
        }
        tag("</", "tool_calls>");
    }

    void transition(std::size_t i) {
        const Turn& turn = m_turns[i];
        const bool thinkNow = m_options.thinking && remembers(i);
        if (!turn.task.empty()) {
            for (const std::string_view known : {"action", "query", "authority", "domain", "title", "read_url"})
                if (turn.task == known) {
                    if (known == "action") {
                        m_prompt.control(assistant);
                        m_prompt.control(m_options.thinking ? think : endThink);
                    }
                    m_prompt.control("<｜" + std::string(known) + "｜>");
                    return;
                }
            throw std::runtime_error("There is no quick instruction “" + std::string(turn.task) + "”.");
        }
        if (turn.role != ChatRole::User && turn.role != ChatRole::Developer) return;
        m_prompt.control(assistant);
        m_prompt.control(thinkNow ? think : endThink);
    }

    const Tokenizer& m_tokenizer;
    const ChatOptions& m_options;
    const ChatMessage m_empty{};
    std::vector<Turn> m_turns;
    Prompt m_prompt;
    bool m_drop;
    std::vector<TokenId> m_unspeakable;
    std::size_t m_lastUser = nobody;
};

} // namespace

ChatPrompt renderChat(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, const ChatOptions& options) {
    return Renderer(tokenizer, messages, options).render();
}

std::vector<TokenId> unspeakableTokens(const Tokenizer& tokenizer) {
    std::vector<TokenId> ids;
    for (const AddedToken& token : tokenizer.addedTokens())
        if (token.text != end && token.text != endThink && token.text != dsml) ids.push_back(token.id);
    return ids;
}

std::vector<TokenId> endTokens(const Tokenizer& tokenizer) {
    std::vector<TokenId> ids;
    for (const std::string_view spelling : {end, user, assistant})
        if (const auto id = tokenizer.added(spelling)) ids.push_back(*id);
    return ids;
}

} // namespace engine
