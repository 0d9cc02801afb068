// Chat: messages to tokens and back (v4-formats.md section 4): roles, thinking, effort, tools, DSML tool calls. A
// prompt is built as a list of tokens: control tokens come from this code alone, all text is encoded as data, so no
// spelling inside it becomes a control token (P14). renderChat is a pure function; a ChatParser belongs to one reply.
#pragma once

#include "engine/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class ChatRole : std::uint8_t { System, User, Assistant, Tool, Developer, LatestReminder };
// Low adds nothing; since the 0731 checkpoints High adds a paragraph after the start token and Max another one.
enum class ChatEffort : std::uint8_t { Low, High, Max };
// Which checkpoints' reading of the effort: the April preview knows only Max, with the paragraph that is now High's.
enum class ChatEdition : std::uint8_t { April, July };

struct ChatToolCall {
    std::string name;
    std::string arguments; // a JSON object as text; anything else becomes one string parameter "arguments"
};

struct ChatMessage {
    ChatRole role = ChatRole::User;
    std::string text;
    std::string reasoning;               // assistant
    std::vector<ChatToolCall> calls;     // assistant
    std::vector<std::string> callIds;    // assistant: one per call where known, for ordering the results
    std::string toolCallId;              // tool
    std::string task;                    // quick instruction: action, query, authority, domain, title, read_url
    std::string responseFormat;          // system, developer: a JSON schema as text
    bool open = false;                   // assistant: to be continued, no end token
    std::vector<TokenId> sampled;        // assistant: the exact tokens after the opening think tag, replayed as they are
};

struct ChatOptions {
    bool thinking = true;
    bool dropThinking = true;            // forget reasoning of earlier turns; never dropped where tools are listed
    bool start = true;                   // begin with the start token
    ChatEffort effort = ChatEffort::Low;
    ChatEdition edition = ChatEdition::July;
    std::vector<std::string> tools;      // each the JSON text of one function object: name, description, parameters
};

struct ChatPrompt {
    std::vector<TokenId> tokens;
    // ends[i]: tokens that are certain once message i has been rendered, whatever follows it. Messages that are
    // merged into one turn (tool results, then a user's text) share the end of the turn.
    std::vector<std::size_t> ends;
};

ChatPrompt renderChat(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, const ChatOptions& options);

// JSON text in the dialect the checkpoints were trained with (", " and ": ", order kept, numbers as they were
// written, no escapes beyond the needed ones). Throws std::runtime_error naming the byte where it is no JSON.
std::string chatJson(std::string_view json);

// Ids a chat must not sample: start, padding, role, fill-in-the-middle, file, image and placeholder tokens.
std::vector<TokenId> unspeakableTokens(const Tokenizer& tokenizer);
// Ids that end a turn: end of sentence, and defensively the role tokens.
std::vector<TokenId> endTokens(const Tokenizer& tokenizer);

struct ChatTurn {
    std::string reasoning, text;
    std::vector<ChatToolCall> calls;
    bool ended = false;  // an end token came
    bool leaked = false; // markup that was no valid tool call is part of `text`
};

struct ChatDelta {
    enum class Type : std::uint8_t { Reasoning, Text, Call } type = Type::Text;
    std::string text; // valid UTF-8; Call: the tool's name
};

// Reads a reply as it is sampled (token) or as a server sends it (text, in any cuts). Never throws on what a model
// says, and does work proportional to it: markup that is no tool call stays text, and the turn says so.
class ChatParser {
public:
    // `thinking`: the reply begins inside the think tags.
    ChatParser(const Tokenizer& tokenizer, bool thinking, std::function<void(const ChatDelta&)> onDelta = {});
    // For text from a server, where control tokens arrive spelt out.
    ChatParser(bool thinking, std::function<void(const ChatDelta&)> onDelta = {});
    ~ChatParser();

    void token(TokenId id);
    void text(std::string_view bytes);
    ChatTurn finish(); // what is held back comes out; the parser is done

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace engine
