#include "app/report/guarded_words.h"

#include "app/report/text_folding.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace app {

namespace {

using Words = std::unordered_set<std::string>;

const Words& negations(Language language) {
    static const Words none;
    static const Words english{"not",     "no",      "never",  "none",    "nor",
                               "neither", "without", "cannot", "nothing", "nobody",
                               "nowhere", "except",  "unless", "hardly",  "barely"};
    static const Words german{"nicht",  "nichts", "kein",  "keine",       "keinen",   "keinem",
                              "keiner", "keines", "nie",   "niemals",     "niemand",  "weder",
                              "noch",   "ohne",   "außer", "ausgenommen", "nirgends", "kaum"};
    static const Words french{"ne", "n",    "pas",  "non", "jamais", "aucun",    "aucune",  "rien",
                              "ni", "sans", "sauf", "nul", "nulle",  "personne", "excepté", "hormis"};
    static const Words spanish{"no",    "nunca", "jamás", "ningún", "ninguno", "ninguna", "nada",
                               "nadie", "ni",    "sin",   "salvo",  "excepto", "tampoco"};
    static const Words italian{"non", "mai",   "nessun", "nessuno", "nessuna", "niente", "nulla",
                               "né",  "senza", "salvo",  "eccetto", "tranne",  "neanche"};
    switch (language) {
    case Language::German:
        return german;
    case Language::French:
        return french;
    case Language::Spanish:
        return spanish;
    case Language::Italian:
        return italian;
    case Language::Cjk:
        return none;
    default:
        return english;
    }
}

// Modal verbs, quantifiers, conditions, and/or, comparisons, number words, months.
const Words& others(Language language) {
    static const Words none;
    static const Words english{
        "must",       "may",       "shall",    "should",    "will",        "would",     "can",
        "could",      "might",     "ought",    "need",      "required",    "optional",  "mandatory",
        "prohibited", "permitted", "allowed",  "forbidden", "recommended", "all",       "any",
        "each",       "every",     "some",     "few",       "many",        "most",      "least",
        "only",       "both",      "either",   "several",   "always",      "sometimes", "if",
        "when",       "whenever",  "until",    "till",      "provided",    "otherwise", "whether",
        "and",        "or",        "but",      "more",      "less",        "greater",   "fewer",
        "lower",      "higher",    "equal",    "equals",    "exceed",      "exceeds",   "above",
        "below",      "under",     "over",     "before",    "after",       "within",    "minimum",
        "maximum",    "than",      "zero",     "one",       "two",         "three",     "four",
        "five",       "six",       "seven",    "eight",     "nine",        "ten",       "eleven",
        "twelve",     "thirteen",  "fourteen", "fifteen",   "sixteen",     "seventeen", "eighteen",
        "nineteen",   "twenty",    "thirty",   "forty",     "fifty",       "sixty",     "seventy",
        "eighty",     "ninety",    "hundred",  "thousand",  "million",     "billion",   "half",
        "quarter",    "third",     "double",   "twice",     "once",        "first",     "second",
        "last",       "january",   "february", "march",     "april",       "june",      "july",
        "august",     "september", "october",  "november",  "december",    "jan",       "feb",
        "mar",        "apr",       "jun",      "jul",       "aug",         "sep",       "oct",
        "nov",        "dec",       "monday",   "tuesday",   "wednesday",   "thursday",  "friday",
        "saturday",   "sunday",    "euro",     "euros",     "dollar",      "dollars",   "usd",
        "eur",        "gbp",       "percent",  "true",      "enable",      "enabled",   "disable",
        "disabled",   "non",       "false",    "fail",      "fails",       "failed",    "deny",
        "refuse",     "lack",      "lacks",    "exclude",   "excluding",   "excluded",  "null"};
    static const Words german{
        "muss",     "müssen",  "darf",    "dürfen",     "soll",      "sollen",    "sollte",  "sollten",
        "kann",     "können",  "könnte",  "wird",       "werden",    "würde",     "mag",     "möge",
        "hat",      "alle",    "aller",   "jede",       "jeder",     "jedes",     "jeden",   "einige",
        "manche",   "nur",     "beide",   "mindestens", "höchstens", "wenn",      "falls",   "sofern",
        "soweit",   "bis",     "sobald",  "und",        "oder",      "aber",      "mehr",    "weniger",
        "größer",   "kleiner", "gleich",  "über",       "unter",     "vor",       "nach",    "innerhalb",
        "als",      "null",    "eins",    "ein",        "eine",      "zwei",      "drei",    "vier",
        "fünf",     "sechs",   "sieben",  "acht",       "neun",      "zehn",      "elf",     "zwölf",
        "zwanzig",  "dreißig", "vierzig", "fünfzig",    "sechzig",   "siebzig",   "achtzig", "neunzig",
        "hundert",  "tausend", "million", "millionen",  "halb",      "januar",    "februar", "märz",
        "april",    "mai",     "juni",    "juli",       "august",    "september", "oktober", "november",
        "dezember", "euro",    "prozent", "immer",      "erste",     "zweite",    "letzte"};
    static const Words french{
        "doit",      "doivent",   "peut",    "peuvent",  "pourra",    "devra",    "devrait",  "faut",
        "tout",      "tous",      "toute",   "toutes",   "chaque",    "quelques", "certains", "seul",
        "seulement", "si",        "lorsque", "quand",    "et",        "ou",       "mais",     "plus",
        "moins",     "avant",     "après",   "sous",     "sur",       "que",      "un",       "une",
        "deux",      "trois",     "quatre",  "cinq",     "six",       "sept",     "huit",     "neuf",
        "dix",       "vingt",     "trente",  "quarante", "cinquante", "soixante", "cent",     "mille",
        "million",   "janvier",   "février", "mars",     "avril",     "mai",      "juin",     "juillet",
        "août",      "septembre", "octobre", "novembre", "décembre",  "euro",     "euros",    "toujours",
        "premier",   "première",  "dernier", "dernière"};
    static const Words spanish{
        "debe",      "deben",     "puede", "pueden", "podrá",   "deberá",  "debería",    "todo",
        "todos",     "toda",      "todas", "cada",   "algunos", "algunas", "solo",       "sólo",
        "si",        "cuando",    "y",     "o",      "u",       "pero",    "más",        "menos",
        "antes",     "después",   "bajo",  "sobre",  "que",     "un",      "una",        "dos",
        "tres",      "cuatro",    "cinco", "seis",   "siete",   "ocho",    "nueve",      "diez",
        "veinte",    "treinta",   "cien",  "ciento", "mil",     "millón",  "enero",      "febrero",
        "marzo",     "abril",     "mayo",  "junio",  "julio",   "agosto",  "septiembre", "octubre",
        "noviembre", "diciembre", "euro",  "euros",  "siempre", "primero", "primera",    "último"};
    static const Words italian{
        "deve",    "devono",   "può",      "possono", "potrà",  "dovrà",  "dovrebbe", "tutto",  "tutti",
        "tutta",   "tutte",    "ogni",     "alcuni",  "alcune", "solo",   "soltanto", "se",     "quando",
        "e",       "ed",       "o",        "ma",      "più",    "meno",   "prima",    "dopo",   "sotto",
        "sopra",   "che",      "un",       "una",     "due",    "tre",    "quattro",  "cinque", "sei",
        "sette",   "otto",     "nove",     "dieci",   "venti",  "trenta", "cento",    "mille",  "milione",
        "gennaio", "febbraio", "marzo",    "aprile",  "maggio", "giugno", "luglio",   "agosto", "settembre",
        "ottobre", "novembre", "dicembre", "euro",    "sempre", "primo",  "ultimo"};
    switch (language) {
    case Language::German:
        return german;
    case Language::French:
        return french;
    case Language::Spanish:
        return spanish;
    case Language::Italian:
        return italian;
    case Language::Cjk:
        return none;
    default:
        return english;
    }
}

// Signs that carry a value: %, currency, comparisons, section sign.
bool isGuardedSign(char32_t c) {
    switch (c) {
    case '%':
    case '$':
    case '<':
    case '>':
    case '=':
    case '!':
    case 0xA3:
    case 0xA5:
    case 0xA7:
    case 0xB0:
    case 0xB1:
    case 0x2030:
    case 0x2260:
    case 0x2264:
    case 0x2265:
    case 0xD7:
    case 0xF7:
    case 0x2248:
        return true;
    default:
        return c >= 0x20A0 && c <= 0x20BF;
    }
}

// foo_bar, fooBar, x1, HTTP2: compared letter for letter.
bool isIdentifier(std::string_view word) {
    bool lower = false, letter = false, digit = false;
    for (const char c : word) {
        if (c == '_') {
            return true;
        }
        if (c >= 'A' && c <= 'Z' && lower) {
            return true;
        }
        lower = c >= 'a' && c <= 'z';
        letter = letter || lower || (c >= 'A' && c <= 'Z');
        digit = digit || (c >= '0' && c <= '9');
    }
    return letter && digit;
}

bool startsNumber(std::string_view word) {
    return isDigit(decodeAt(word, 0).value);
}

// Takes the word that begins at `at`; numbers keep separators between digits, words keep apostrophes.
std::size_t wordEnd(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const CodePoint c = decodeAt(text, at);
        if (isWordCharacter(c.value)) {
            at += static_cast<std::size_t>(c.length);
            continue;
        }
        const CodePoint before = decodeBefore(text, at);
        const CodePoint after = decodeAt(text, at + static_cast<std::size_t>(c.length));
        const bool inNumber =
            isDigit(before.value) && isDigit(after.value) &&
            (c.value == '.' || c.value == ',' || c.value == ':' || c.value == '/' || c.value == '\'');
        const bool apostrophe = (c.value == '\'' || c.value == 0x2019) && isWordCharacter(before.value) &&
                                isWordCharacter(after.value) && !isDigit(before.value);
        const bool mark = c.value >= 0x300 && c.value <= 0x36F;
        const bool softHyphen =
            c.value == 0xAD || c.value == 0x200D || c.value == 0x200C || c.value == 0x2060;
        if (!inNumber && !apostrophe && !mark && !softHyphen) {
            break;
        }
        at += static_cast<std::size_t>(c.length);
    }
    return at;
}

std::string normalised(std::string_view word) {
    return fold(word, Fold::Skeleton).text;
}

} // namespace

Language detectLanguage(std::string_view text) {
    static const std::array<std::pair<Language, Words>, 5> common{{
        {Language::English,
         {"the", "of", "and", "to", "is", "that", "for", "be", "this", "with", "are", "by", "not", "it"}},
        {Language::German,
         {"der", "die", "und", "das", "ist", "nicht", "den", "mit", "von", "zu", "für", "ein", "eine",
          "des"}},
        {Language::French,
         {"le", "les", "des", "et", "est", "une", "du", "pour", "que", "dans", "par", "sur", "au", "pas"}},
        {Language::Spanish,
         {"el", "los", "las", "y", "es", "una", "del", "para", "que", "por", "con", "se", "como"}},
        {Language::Italian,
         {"il", "di", "che", "è", "una", "della", "per", "con", "del", "non", "sono", "gli", "si"}},
    }};
    std::array<int, 5> score{};
    int words = 0, cjk = 0, characters = 0;
    text = text.substr(0, 20000);
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        ++characters;
        cjk += isCjk(c.value) ? 1 : 0;
        if (!isWordCharacter(c.value)) {
            at += static_cast<std::size_t>(c.length);
            continue;
        }
        const std::size_t end = wordEnd(text, at);
        const std::string word = toLower(text.substr(at, end - at));
        at = end;
        ++words;
        for (std::size_t i = 0; i < common.size(); ++i) {
            score[i] += common[i].second.contains(word) ? 1 : 0;
        }
    }
    if (cjk * 5 > characters) {
        return Language::Cjk;
    }
    const auto best = std::max_element(score.begin(), score.end());
    if (words == 0 || *best * 25 < words) {
        return Language::Unknown;
    }
    return common[static_cast<std::size_t>(best - score.begin())].first;
}

bool isNegation(std::string_view word, Language language) {
    const std::string key(word);
    return negations(language).contains(key) ||
           (key.size() > 3 && (key.ends_with("n't") || key.ends_with("n\u2019t")));
}

bool isGuarded(std::string_view word, Language language) {
    for (std::size_t at = 0; at < word.size();) {
        const CodePoint c = decodeAt(word, at);
        if (isDigit(c.value) || isGuardedSign(c.value)) {
            return true;
        }
        at += static_cast<std::size_t>(c.length);
    }
    if (isIdentifier(word)) {
        return true;
    }
    const std::string key = normalised(word);
    return isNegation(key, language) || others(language).contains(key);
}

std::vector<std::string> guardedWords(std::string_view text, Language language, LineEnds lineEnds) {
    std::vector<std::string> result;
    std::string word;
    const auto flush = [&] {
        if (!word.empty() && (startsNumber(word) || word.front() == '-' || isGuarded(word, language))) {
            result.push_back(isIdentifier(word) ? word : normalised(word));
        }
        word.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        const auto length = static_cast<std::size_t>(c.length);
        if (isCjk(c.value) && !isDigit(c.value)) {
            flush();
            at += length;
            continue;
        }
        if (isWordCharacter(c.value)) {
            const std::size_t end = wordEnd(text, at);
            word += text.substr(at, end - at);
            at = end;
            // A word broken at the end of a line goes on in the next.
            const CodePoint hyphen = decodeAt(text, at);
            if (lineEnds == LineEnds::Join && isDash(hyphen.value)) {
                std::size_t next = at + static_cast<std::size_t>(hyphen.length);
                bool newline = false;
                while (next < text.size() && isSpace(decodeAt(text, next).value)) {
                    newline = newline || text[next] == '\n' || text[next] == '\f';
                    next += static_cast<std::size_t>(decodeAt(text, next).length);
                }
                const CodePoint after = decodeAt(text, next);
                if (newline && isWordCharacter(after.value) && !isDigit(after.value)) {
                    at = next;
                    continue;
                }
            }
            flush();
            continue;
        }
        if (isDash(c.value)) {
            const bool number = isDigit(decodeAt(text, at + length).value);
            const CodePoint before = decodeBefore(text, at);
            if (number && !isWordCharacter(before.value)) {
                word = "-"; // a minus
                at += length;
                continue;
            }
        } else if (isGuardedSign(c.value)) {
            std::string sign;
            appendUtf8(sign, c.value);
            result.push_back(sign);
        }
        at += length;
    }
    flush();
    return result;
}

bool guardsAgree(std::string_view quote, std::string_view found, Language language) {
    const auto wanted = guardedWords(quote, language, LineEnds::Join);
    if (wanted == guardedWords(found, language, LineEnds::Join) ||
        wanted == guardedWords(found, language, LineEnds::Split)) {
        return true;
    }
    const auto split = guardedWords(quote, language, LineEnds::Split);
    return split == guardedWords(found, language, LineEnds::Split);
}

} // namespace app
