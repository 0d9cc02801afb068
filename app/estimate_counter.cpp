// The counter for when the vocabulary is not at hand. It splits as the V4 pre-tokenizer does (words with their leading
// space, digits by three, runs of signs, line ends) and gives each part the usual number of tokens; it calls itself an
// estimate everywhere.
#include "app/token_counter.h"

#include <algorithm>

namespace app {

namespace {

enum class Class : std::uint8_t { Letter, Digit, Sign, Space, Line, Ideograph, Foreign };

struct Symbol {
    Class kind;
    std::size_t bytes;
};

Symbol classify(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
        if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
            return {Class::Letter, 1};
        if (byte >= '0' && byte <= '9')
            return {Class::Digit, 1};
        if (byte == '\n' || byte == '\r')
            return {Class::Line, 1};
        return {byte == ' ' || byte == '\t' ? Class::Space : Class::Sign, 1};
    }
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    const std::size_t bytes = std::min(length, text.size() - at);
    // U+2E80 to U+D7FF: Chinese, Japanese, Korean; nearly one token a character.
    return {length == 3 && byte >= 0xe3 && byte <= 0xed ? Class::Ideograph : Class::Foreign, bytes};
}

// Thousandths of a token for a run of one class.
std::int64_t price(Class kind, std::int64_t symbols) {
    switch (kind) {
    case Class::Letter: return symbols <= 8 ? 1000 : 1000 + (symbols - 8) * 200;
    case Class::Digit: return (symbols + 2) / 3 * 1000;
    case Class::Sign: return symbols == 1 ? 900 : 900 + (symbols - 1) * 450;
    case Class::Space: return symbols == 1 ? 0 : 800; // one space belongs to the word behind it
    case Class::Line: return 700;
    case Class::Ideograph: return symbols * 700;
    case Class::Foreign: return symbols * 450;
    }
    return 1000;
}

class EstimateCounter final : public TokenCounter {
public:
    std::int64_t count(std::string_view text) const override {
        std::int64_t sum = 0;
        for (std::size_t at = 0; at < text.size();) {
            const Symbol first = classify(text, at);
            std::int64_t symbols = 0;
            bool lower = false;
            while (at < text.size()) {
                const Symbol next = classify(text, at);
                if (next.kind != first.kind)
                    break;
                // camelCase is read as two words.
                const bool upper = next.kind == Class::Letter && text[at] < 'a';
                if (upper && lower)
                    break;
                lower = next.kind == Class::Letter && !upper;
                at += next.bytes;
                ++symbols;
            }
            sum += price(first.kind, symbols);
        }
        return (sum + 999) / 1000;
    }
    bool exact() const override { return false; }
    std::string name() const override { return "estimate (by words)"; }
};

} // namespace

std::vector<std::size_t> TokenCounter::tokenEnds(std::string_view text) const {
    const std::int64_t tokens = count(text);
    std::vector<std::size_t> ends(static_cast<std::size_t>(tokens));
    for (std::int64_t i = 0; i < tokens; ++i)
        ends[std::size_t(i)] = std::size_t(double(text.size()) * double(i + 1) / double(tokens));
    if (!ends.empty())
        ends.back() = text.size();
    return ends;
}

std::unique_ptr<TokenCounter> makeEstimate() {
    return std::make_unique<EstimateCounter>();
}

} // namespace app
