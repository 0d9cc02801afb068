#include "engine/chat.h"
#include "engine/chat_literals.h"
#include "engine/dsml.h"
#include "engine/unicode_classes.h"

#include <algorithm>

namespace engine {

namespace {

using namespace literals;

// Takes whole characters off `bytes`; what is no UTF-8 becomes U+FFFD, an unfinished character stays unless `all`.
std::string takeText(std::string& bytes, bool all) {
    std::string out;
    const char* at = bytes.data();
    const char* const finish = at + bytes.size();
    while (at != finish) {
        const Character character = characterAt(at, finish);
        if (character.code != notUtf8) {
            out.append(at, character.length);
            at += character.length;
            continue;
        }
        const auto lead = static_cast<unsigned char>(*at);
        const std::ptrdiff_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
        const bool unfinished = lead < 0xF5 && finish - at < wanted && std::all_of(at + 1, finish, [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
        });
        if (unfinished && !all) break;
        out += "\uFFFD";
        ++at;
    }
    bytes.erase(0, static_cast<std::size_t>(at - bytes.data()));
    return out;
}

} // namespace

struct ChatParser::Impl {
    Impl(const Tokenizer* tokenizer_, bool thinking, std::function<void(const ChatDelta&)> onDelta_)
        : tokenizer(tokenizer_), onDelta(std::move(onDelta_)), state(thinking ? State::Reasoning : State::Content) {
        if (tokenizer == nullptr) return;
        endThinkId = tokenizer->added(endThink).value_or(-1);
        dsmlId = tokenizer->added(dsml).value_or(-1);
        ends = endTokens(*tokenizer);
    }

    enum class State : std::uint8_t { Reasoning, Content, Opening, Block, Done };

    // --- what arrives: bytes, the end of thinking, a DSML mark, the end of the turn ---

    void bytes(std::string_view data) {
        if (state == State::Done) return;
        if (state == State::Opening || state == State::Block) {
            // Tags end in '>', so nothing is decided between.
            while (!data.empty() && (state == State::Opening || state == State::Block)) {
                const std::size_t take = state == State::Opening ? 1 : std::min(data.find('>') + 1, data.size());
                const std::size_t size = take == 0 ? data.size() : take;
                block.text += data.substr(0, size);
                data.remove_prefix(size);
                advanceBlock();
            }
            if (!data.empty()) bytes(data);
            return;
        }
        held += data;
        // Line breaks and '<' at the end may begin a tool call.
        std::size_t keep = held.size();
        if (keep > 0 && held[keep - 1] == '<') --keep;
        while (keep > 0 && held[keep - 1] == '\n') --keep;
        emit(std::string_view(held).substr(0, keep));
        held.erase(0, keep);
    }

    void thinkingEnds() {
        switch (state) {
        case State::Reasoning:
            if (!held.empty() && held.back() == '<') emit(held); // line breaks right before the tag belong to it
            held.clear();
            flushText();
            state = State::Content;
            skipBreaks = true;
            break;
        case State::Content: break; // a second one says nothing
        case State::Opening:
            abandon();
            thinkingEnds();
            break;
        case State::Block: block.text += endThink; break;
        case State::Done: break;
        }
    }

    void mark() {
        switch (state) {
        case State::Reasoning:
        case State::Content:
            if (held.empty() || held.back() != '<') {
                leak(dsml);
                return;
            }
            block.clear();
            block.text = std::move(held);
            held.clear();
            before = state;
            state = State::Opening;
            addMark();
            break;
        case State::Opening:
            abandon();
            mark();
            break;
        case State::Block: addMark(); break;
        case State::Done: break;
        }
    }

    // Another control token: no part of a reply, but never dropped silently.
    void leak(std::string_view spelling) {
        turn.leaked = true;
        bytes(spelling);
    }

    void turnEnds() {
        turn.ended = true;
        close();
    }

    void close() {
        if (state == State::Block) endBlock();
        if (state == State::Opening) abandon();
        if (state != State::Done) {
            emit(held);
            held.clear();
            flushText();
        }
        state = State::Done;
    }

    // --- the tool block ---

    void addMark() {
        block.marks.push_back(block.text.size());
        block.text += dsml;
    }

    void advanceBlock() {
        if (state == State::Opening) {
            switch (opensToolCalls(block)) {
            case BlockStart::Yes: state = State::Block; break;
            case BlockStart::No: abandon(); break;
            case BlockStart::Undecided: break;
            }
        } else if (block.text.back() == '>' && closesToolCalls(block)) {
            endBlock();
        }
    }

    void endBlock() {
        if (auto calls = readToolCalls(block)) {
            flushText();
            for (ChatToolCall& call : *calls) {
                call.name = takeText(call.name, true); // bytes that are no UTF-8 become U+FFFD here as well
                call.arguments = takeText(call.arguments, true);
                if (onDelta) onDelta({ChatDelta::Type::Call, call.name});
                turn.calls.push_back(std::move(call));
            }
            block.clear();
            state = State::Done; // only the end of the turn may follow
        } else {
            abandon();
        }
    }

    // No tool call after all: it is text.
    void abandon() {
        turn.leaked = true;
        state = before;
        const std::string text = std::move(block.text);
        block.clear();
        bytes(text);
    }

    // --- what leaves ---

    void emit(std::string_view data) {
        if (state == State::Content && skipBreaks) {
            data.remove_prefix(std::min(data.find_first_not_of('\n'), data.size()));
            skipBreaks = data.empty();
        }
        if (data.empty()) return;
        unfinished += data;
        deliver(false);
    }
    void flushText() { deliver(true); }
    void deliver(bool all) {
        const std::string text = takeText(unfinished, all);
        if (text.empty()) return;
        const bool reasoning = (state == State::Opening || state == State::Block ? before : state) == State::Reasoning;
        (reasoning ? turn.reasoning : turn.text) += text;
        if (onDelta) onDelta({reasoning ? ChatDelta::Type::Reasoning : ChatDelta::Type::Text, text});
    }

    const Tokenizer* tokenizer;
    std::function<void(const ChatDelta&)> onDelta;
    State state, before = State::Content;
    TokenId endThinkId = -1, dsmlId = -1;
    std::vector<TokenId> ends;
    std::string spelt;      // server text that may begin a control token's spelling
    std::string held;       // line breaks and '<' that may begin a tool call
    std::string unfinished; // bytes of a character that is not complete
    MarkedText block;
    bool skipBreaks = false;
    ChatTurn turn;
};

ChatParser::ChatParser(const Tokenizer& tokenizer, bool thinking, std::function<void(const ChatDelta&)> onDelta)
    : m_impl(std::make_unique<Impl>(&tokenizer, thinking, std::move(onDelta))) {}
ChatParser::ChatParser(bool thinking, std::function<void(const ChatDelta&)> onDelta)
    : m_impl(std::make_unique<Impl>(nullptr, thinking, std::move(onDelta))) {}
ChatParser::~ChatParser() = default;

void ChatParser::token(TokenId id) {
    Impl& impl = *m_impl;
    if (impl.tokenizer == nullptr || impl.turn.ended) return;
    if (std::find(impl.ends.begin(), impl.ends.end(), id) != impl.ends.end()) impl.turnEnds();
    else if (id == impl.endThinkId) impl.thinkingEnds();
    else if (id == impl.dsmlId) impl.mark();
    else if (impl.tokenizer->isAdded(id)) impl.leak(impl.tokenizer->bytes(id));
    else impl.bytes(impl.tokenizer->bytes(id));
}

void ChatParser::text(std::string_view bytes) {
    Impl& impl = *m_impl;
    impl.spelt += bytes;
    const auto isControl = [](std::string_view rest, std::string_view spelling) { return rest.substr(0, spelling.size()) == spelling; };
    std::size_t done = 0;
    std::string_view all = impl.spelt;
    while (done < all.size() && !impl.turn.ended) {
        // The next byte that may begin a spelling: '<' or the first of '｜'.
        const std::size_t at = std::min(all.find_first_of("<\xEF", done), all.size());
        impl.bytes(all.substr(done, at - done));
        done = at;
        const std::string_view rest = all.substr(at);
        if (rest.empty()) break;
        if (isControl(rest, endThink)) {
            impl.thinkingEnds();
            done += endThink.size();
        } else if (isControl(rest, dsml)) {
            impl.mark();
            done += dsml.size();
        } else if (isControl(rest, end)) {
            impl.turnEnds();
            done += end.size();
        } else {
            bool maybe = false;
            for (const std::string_view spelling : {endThink, dsml, end}) maybe |= isControl(spelling, rest);
            if (maybe) break; // the rest of it may still come
            impl.bytes(rest.substr(0, 1));
            ++done;
        }
    }
    impl.spelt.erase(0, done);
}

ChatTurn ChatParser::finish() {
    Impl& impl = *m_impl;
    if (!impl.turn.ended) {
        impl.bytes(impl.spelt);
        impl.spelt.clear();
        impl.close();
    }
    return std::move(impl.turn);
}

} // namespace engine
