// JSON written by strangers: checkpoint headers, shard indexes, configurations. A pull reader over text that
// stays where it is (a mapping), so that nothing is allocated in proportion to the file. Strict: UTF-8, no
// duplicate keys where it skips or checks, no depth beyond a limit, integers exact. Whatever breaks a rule
// throws std::runtime_error naming the file, the byte and the rule. One reader per thread and text
// (v4-formats.md, 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct JsonLimits {
    int depth = 8;
    std::size_t members = 300'000; // of one object or array
};

class JsonReader {
public:
    enum class Kind { Object, Array, String, Number, Boolean, Null };

    // `what` names the text in messages, for example "model.safetensors: header".
    JsonReader(std::string_view text, std::string what, JsonLimits limits = {});

    Kind peek(); // of the value that comes next
    void enterObject();
    bool nextKey(); // false after the last member, which also leaves the object; key() is then void
    void enterArray();
    bool nextElement(); // the same for arrays
    const std::string& key() const { return m_key; }
    // The key as it lies in the text when it needed no decoding, else empty: lives as long as the text.
    std::string_view plainKey() const { return m_plainKey; }

    // The string's bytes; a view into the text when it has no escapes, else valid until the next string is
    // read.
    std::string_view string();
    std::uint64_t unsignedInteger(); // digits only: no sign, fraction or exponent, at most 2^64 - 1
    void skip();                     // any valid value, checked as strictly as one that is read
    void finish();                   // nothing but white space may follow

    [[noreturn]] void fail(const std::string& rule) const;

private:
    char current() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipSpace();
    void expect(char c);
    void enter(char open);
    bool next(char close);
    void number();
    void literal(std::string_view word);
    std::string_view rawString(std::string& decoded, bool& escaped);
    void decodeEscape(std::string& decoded);
    unsigned hex4();
    void utf8Sequence();
    void skipObject();

    struct Level {
        std::size_t members = 0;
    };

    std::string_view m_text;
    std::string m_what;
    JsonLimits m_limits;
    std::size_t m_at = 0;
    std::vector<Level> m_levels;
    std::string m_key;
    std::string_view m_plainKey;
    std::string m_decoded;
};

// Throws unless `text` is one strict JSON value within `limits`; afterwards any JSON library reads it the
// same way.
void checkForeignJson(std::string_view text, const std::string& what, JsonLimits limits = {});

// A foreign name for a message: quoted, shortened, and without anything that could move a terminal's cursor.
std::string quoteForeign(std::string_view foreignName);

} // namespace engine
