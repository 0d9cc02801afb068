// C01 characters that are not seen or reorder what is seen (Trojan Source, CVE-2021-42574), and words of a
// PDF that a reader cannot see; C02 identifiers that mix scripts.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <algorithm>
#include <cstdio>

namespace app {

bool isInvisible(char32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C ||
           c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE0FFF) || c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x17B4 ||
           c == 0x17B5 || c == 0x3164 || c == 0xFFA0 || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0x180B && c <= 0x180F) || (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000 ||
           (c >= 0x600 && c <= 0x605) || c == 0x6DD || c == 0x70F || c == 0x890 || c == 0x891 || c == 0x8E2 ||
           c == 0x110BD || c == 0x110CD || (c >= 0x13430 && c <= 0x1343F) || (c >= 0x1BCA0 && c <= 0x1BCA3) ||
           (c >= 0x1D173 && c <= 0x1D17A) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

std::string visible(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    char buffer[16];
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        const auto length = static_cast<std::size_t>(c.length);
        if (c.value == 0xFFFD && length == 1) {
            std::snprintf(buffer, sizeof buffer, "\\x{%02x}",
                          static_cast<unsigned>(static_cast<unsigned char>(text[at])));
            result += buffer;
        } else if (c.value == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
            // a line end of another system
        } else if (isInvisible(c.value)) {
            std::snprintf(buffer, sizeof buffer, "\\u{%x}", static_cast<unsigned>(c.value));
            result += buffer;
        } else {
            result.append(text, at, length);
        }
        at += length;
    }
    return result;
}

namespace checks {

namespace {

bool reorders(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool hides(char32_t c) {
    return c == 0x200B || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF || c == 0x180E ||
           (c >= 0xE0000 && c <= 0xE007F) || c == 0x3164 || c == 0xFFA0 || c == 0x115F || c == 0x1160;
}

bool rightToLeft(char32_t c) {
    return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE);
}

std::string codePointName(char32_t c) {
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "U+%04X", static_cast<unsigned>(c));
    return buffer;
}

void hiddenCharacters(const FileView& file, Sink& sink) {
    // Most files are plain: look at lead bytes before decoding.
    std::size_t count = 0, first = 0;
    char32_t firstCharacter = 0;
    bool bidi = false, rtl = false, onlyMarks = true; // byte order marks: careless, they hide nothing
    for (std::size_t at = 0; at < file.text.size();) {
        if (static_cast<unsigned char>(file.text[at]) < 0x80) {
            ++at;
            continue;
        }
        const CodePoint c = decodeAt(file.text, at);
        rtl = rtl || rightToLeft(c.value);
        const bool mark = reorders(c.value) || (hides(c.value) && !(c.value == 0xFEFF && at == 0)) ||
                          ((c.value == 0x200E || c.value == 0x200F) && file.isCode());
        if (mark) {
            if (count++ == 0) {
                first = at;
                firstCharacter = c.value;
            }
            bidi = bidi || reorders(c.value);
            onlyMarks = onlyMarks && c.value == 0xFEFF;
        }
        at += static_cast<std::size_t>(c.length);
    }
    // Text in scripts that run right to left needs such marks.
    if (count == 0 || (rtl && !file.isCode() && !(firstCharacter >= 0xE0000))) return;
    Hit hit{lineOf(file, first), "Characters that are not seen: " + codePointName(firstCharacter),
            "The file holds " + std::to_string(count) + (count == 1 ? " character" : " characters") +
                (bidi ? " that reorder or hide what is shown" : " that nobody sees") + "; the first is " +
                codePointName(firstCharacter) + ".",
            bidi ? "What a reviewer sees is not what a compiler reads."
                 : "Two texts that look alike can differ; hidden text can carry orders to a model."};
    hit.severity = static_cast<int>(bidi && file.isCode()       ? Severity::High
                                    : firstCharacter >= 0xE0000 ? Severity::High
                                    : onlyMarks                 ? Severity::Low
                                                                : Severity::Medium);
    sink.hit(std::move(hit));
}

const char* wayOf(ingest::Hidden hidden) {
    switch (hidden) {
    case ingest::Hidden::Invisible:
        return "drawn without ink";
    case ingest::Hidden::Tiny:
        return "smaller than 2 points";
    case ingest::Hidden::OffPage:
        return "outside the page";
    case ingest::Hidden::No:
        break;
    }
    return "visible";
}

void hiddenWords(const FileView& file, Sink& sink) {
    for (std::size_t number = 0; number < file.document.pages().size(); ++number) {
        const ingest::Page& page = file.document.pages()[number];
        const auto first = std::find_if(page.words.begin(), page.words.end(),
                                        [](const ingest::Word& w) { return w.hidden != ingest::Hidden::No; });
        if (first == page.words.end()) continue;
        // A scan with an OCR layer under its picture: every word is invisible, and that is its purpose.
        const auto count = std::count_if(page.words.begin(), page.words.end(), [](const ingest::Word& w) {
            return w.hidden != ingest::Hidden::No;
        });
        if (static_cast<std::size_t>(count) == page.words.size() && count > 20) continue;
        auto last = first;
        while (last + 1 != page.words.end() && (last + 1)->hidden != ingest::Hidden::No &&
               (last + 1)->end - first->begin < 400)
            ++last;
        std::size_t letters = 0;
        for (std::size_t at = first->begin; at < last->end; ++at)
            letters += isWordCharacter(static_cast<unsigned char>(file.text[at])) ? 1 : 0;
        if (letters < 4) continue;
        sink.hit({{file.index, first->begin, last->end},
                  "Text on page " + std::to_string(number + 1) + " that a reader cannot see",
                  "Page " + std::to_string(number + 1) + " holds " + std::to_string(count) +
                      (count == 1 ? " word" : " words") + " " + wayOf(first->hidden) + ".",
                  "A program reads it, a person does not; such text has been used to steer reviews."});
    }
}

bool latin(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool cyrillic(char32_t c) {
    return c >= 0x400 && c <= 0x52F;
}
// Greek letters that look like Latin ones; alpha, delta, mu and their like are honest mathematics.
bool greekLookalike(char32_t c) {
    static const std::u32string_view list =
        U"\u0391\u0392\u0395\u0396\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5\u03A7\u03BF\u03BD";
    return list.find(c) != std::u32string_view::npos;
}

void mixedScripts(const FileView& file, Sink& sink) {
    if (!file.isCode()) return;
    for (std::size_t at = 0; at < file.code.size();) {
        const CodePoint c = decodeAt(file.code, at);
        if (!isWordCharacter(c.value)) {
            at += static_cast<std::size_t>(c.length);
            continue;
        }
        const std::size_t begin = at;
        bool hasLatin = false, other = false;
        while (at < file.code.size()) {
            const CodePoint d = decodeAt(file.code, at);
            if (!isWordCharacter(d.value)) break;
            hasLatin = hasLatin || latin(d.value);
            other = other || cyrillic(d.value) || greekLookalike(d.value);
            at += static_cast<std::size_t>(d.length);
        }
        if (hasLatin && other)
            sink.hit(
                {{file.index, begin, at},
                 "Identifier mixes scripts: " + quoted(std::string_view(file.text).substr(begin, at - begin)),
                 "The name holds Latin letters and letters of another script that look like them.",
                 "It looks like another name and is not."});
    }
}

} // namespace

Family characterChecks() {
    return {
        {{"C01", "Hidden characters", "Are there characters or words that a reader cannot see?", "security",
          Severity::Medium, Precision::Finding},
         [](const FileView& file, Sink& sink) {
             if (file.document.pages().empty())
                 hiddenCharacters(file, sink);
             else
                 hiddenWords(file, sink);
         }},
        {{"C02", "Mixed-script identifiers", "Are there names whose letters come from several scripts?",
          "security", Severity::High, Precision::Finding},
         mixedScripts},
    };
}

} // namespace checks

} // namespace app
