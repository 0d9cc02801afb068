#include "ingest/charset.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

namespace ingest {

namespace {

constexpr std::size_t sample = 64 * 1024; // what guesses look at; conversion always covers everything

struct Mark {
    std::string_view bytes;
    const char* charset;
};
// UTF-32 before UTF-16: their little-endian marks begin alike.
constexpr Mark marks[] = {
    {{"\xFF\xFE\0\0", 4}, "UTF-32LE"}, {{"\0\0\xFE\xFF", 4}, "UTF-32BE"}, {{"\xEF\xBB\xBF", 3}, "UTF-8"},
    {{"\xFF\xFE", 2}, "UTF-16LE"},     {{"\xFE\xFF", 2}, "UTF-16BE"},
};

// ICU, told to stop at the first byte it cannot place.
std::optional<std::string> convertStrictly(std::string_view bytes, const char* charset) {
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> from(ucnv_open(charset, &error), ucnv_close);
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> to(ucnv_open("UTF-8", &error), ucnv_close);
    if (U_FAILURE(error))
        return std::nullopt;
    ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    ucnv_setFromUCallBack(to.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    std::string out;
    out.reserve(bytes.size() * 3 / 2);
    std::array<char, 16384> piece;
    std::array<UChar, 8192> pivot;
    UChar *pivotSource = pivot.data(), *pivotTarget = pivot.data();
    const char *source = bytes.data(), *const sourceEnd = source + bytes.size();
    UBool reset = true;
    do {
        error = U_ZERO_ERROR;
        char* target = piece.data();
        ucnv_convertEx(to.get(), from.get(), &target, piece.data() + piece.size(), &source, sourceEnd, pivot.data(),
                       &pivotSource, &pivotTarget, pivot.data() + pivot.size(), reset, true, &error);
        reset = false;
        out.append(piece.data(), target);
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    if (U_FAILURE(error))
        return std::nullopt;
    return out;
}

// A right conversion of text has no control characters and no unassigned places.
bool readsAsText(std::string_view text) {
    std::size_t odd = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == 0)
            return false;
        odd += (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B) || c == 0x7F
            || (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0);
    }
    return odd * 50 <= text.size();
}

// Which byte of each unit is zero tells width and order: Latin text has one zero byte in two, or three in four.
const char* widePattern(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, sample);
    if (head.size() < 4 || bytes.size() % 2)
        return nullptr;
    std::array<std::size_t, 4> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i)
        zeros[i % 4] += head[i] == 0;
    const std::size_t units = head.size() / 4;
    const auto most = [&](int lane) { return zeros[lane] * 10 >= units * 9; };
    const auto few = [&](int lane) { return zeros[lane] * 20 <= units; };
    if (bytes.size() % 4 == 0 && most(0) && most(1) && few(3))
        return "UTF-32BE";
    if (bytes.size() % 4 == 0 && most(3) && most(2) && few(0))
        return "UTF-32LE";
    const auto half = [&](int lane) { return zeros[lane] * 2 >= units; };
    if (half(0) && half(2) && few(1) && few(3))
        return "UTF-16BE";
    if (half(1) && half(3) && few(0) && few(2))
        return "UTF-16LE";
    return nullptr;
}

std::string guess(std::string_view bytes) {
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), uchardet_delete);
    // The telling bytes may lie far down: skip what is plain ASCII at the front.
    const auto first = std::find_if(bytes.begin(), bytes.end(), [](char c) { return c < 0 || c == 0x1B; });
    const auto from = static_cast<std::size_t>(first - bytes.begin());
    const std::string_view head = bytes.substr(from > 512 ? from - 512 : 0, sample);
    uchardet_handle_data(detector.get(), head.data(), head.size());
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

} // namespace

std::optional<std::size_t> firstInvalidUtf8(std::string_view bytes) {
    const auto* s = reinterpret_cast<const unsigned char*>(bytes.data());
    const std::size_t size = bytes.size();
    const auto follows = [&](std::size_t at) { return at < size && (s[at] & 0xC0) == 0x80; };
    for (std::size_t i = 0; i < size;) {
        const unsigned char c = s[i];
        if (c < 0x80) {
            ++i;
        } else if (c >= 0xC2 && c < 0xE0) {
            if (!follows(i + 1))
                return i;
            i += 2;
        } else if (c >= 0xE0 && c < 0xF0) {
            if (!follows(i + 1) || !follows(i + 2) || (c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] >= 0xA0))
                return i;
            i += 3;
        } else if (c >= 0xF0 && c < 0xF5) {
            if (!follows(i + 1) || !follows(i + 2) || !follows(i + 3) || (c == 0xF0 && s[i + 1] < 0x90)
                || (c == 0xF4 && s[i + 1] >= 0x90))
                return i;
            i += 4;
        } else {
            return i;
        }
    }
    return std::nullopt;
}

bool looksLikeWideText(std::string_view bytes) {
    for (const Mark& mark : marks)
        if (mark.charset != std::string_view("UTF-8") && bytes.starts_with(mark.bytes)) {
            const auto text = convertStrictly(bytes.substr(mark.bytes.size()), mark.charset);
            return text && readsAsText(*text);
        }
    const char* charset = widePattern(bytes);
    if (!charset)
        return false;
    const auto text = convertStrictly(bytes, charset);
    return text && readsAsText(*text);
}

DecodedText decodeText(std::string_view bytes) {
    for (const Mark& mark : marks) {
        if (!bytes.starts_with(mark.bytes))
            continue;
        const std::string_view rest = bytes.substr(mark.bytes.size());
        if (mark.charset == std::string_view("UTF-8")) {
            if (!firstInvalidUtf8(rest))
                return {std::string(rest), "UTF-8 with byte order mark", {}};
        } else if (auto text = convertStrictly(rest, mark.charset); text && readsAsText(*text)) {
            return {std::move(*text), mark.charset, {}};
        }
    }
    const char* wide = widePattern(bytes);
    if (wide)
        if (auto text = convertStrictly(bytes, wide); text && readsAsText(*text))
            return {std::move(*text), wide, {}};
    const auto bad = firstInvalidUtf8(bytes);
    // ISO-2022 and HZ hide in seven bits; everything else that is valid UTF-8 is UTF-8.
    if (!bad && bytes.find('\x1B') == std::string_view::npos)
        return {std::string(bytes), "UTF-8", {}};
    const std::string guessed = guess(bytes);
    if (!guessed.empty() && guessed != "ASCII" && guessed != "UTF-8")
        if (auto text = convertStrictly(bytes, guessed.c_str()); text && readsAsText(*text))
            return {std::move(*text), guessed, {}};
    if (!bad)
        return {std::string(bytes), "UTF-8", {}};
    if (auto text = convertStrictly(bytes, "windows-1252"); text && readsAsText(*text))
        return {std::move(*text), "windows-1252", {}};
    return {{}, {}, "The text is in no charset that is known here: byte " + std::to_string(*bad)
                        + " is not UTF-8, and no conversion fits all of it."};
}

} // namespace ingest
