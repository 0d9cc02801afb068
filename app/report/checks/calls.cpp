// C09 calls that cannot be made safe or are used unsafely; C10 format strings that are no literal or do not
// fit.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

struct UnsafeCall {
    std::string_view language;
    const char* expression; // over code without comments, strings blanked
    const char* what;
    Severity severity;
};
constexpr UnsafeCall unsafeCalls[] = {
    {"c", R"re((?<![\w.>:])(?:::|std::)?(gets)\s*\((?!\s*\)))re",
     "gets() cannot be told how much room there is", Severity::High},
    {"c", R"re((?<![\w.>:])(?:::|std::)?(mktemp|tmpnam|tempnam)\s*\()re",
     "the name is free when it is asked for, not when it is used", Severity::Medium},
    {"python", R"re((?<![\w.])(eval|exec)\s*\(\s*[A-Za-z_])re", "text becomes code", Severity::Medium},
    {"python",
     R"re((?<![\w])(os\.system|os\.popen|commands\.getoutput)\s*\(\s*(?:f"|f'|[^"')]*[+%]|"[^"]*"\s*[%+.]|[A-Za-z_]))re",
     "text becomes a command of the shell", Severity::Medium},
    {"python",
     R"re((?<![\w])(subprocess\.(?:call|run|Popen|check_output|check_call))\s*\([^()]*\bshell\s*=\s*True)re",
     "text becomes a command of the shell", Severity::Medium},
    {"python", R"re((?<![\w])(pickle\.loads?|cPickle\.loads?|marshal\.loads?|shelve\.open)\s*\()re",
     "the data decides which code runs", Severity::Low},
    {"python", R"re((?<![\w])(yaml\.load)\s*\((?![^()]*(?:\([^()]*\)[^()]*)*(?:Loader|SafeLoader))[^\n]*)re",
     "without a safe loader the data decides which code runs", Severity::Medium},
    {"python", R"re((?<![\w])(tempfile\.mktemp)\s*\()re",
     "the name is free when it is asked for, not when it is used", Severity::Medium},
    {"javascript", R"re((?<![\w.$])(eval)\s*\(\s*[A-Za-z_$])re", "text becomes code", Severity::Medium},
    {"javascript", R"re((?<![\w.$])(new\s+Function)\s*\(\s*[A-Za-z_$])re", "text becomes code",
     Severity::Medium},
    {"php", R"re((?<![\w>:])(unserialize|eval|shell_exec|passthru)\s*\(\s*\$)re",
     "text becomes code or a command", Severity::Medium},
    {"shell", R"re((?:^|[;&|]\s*|\b(?:then|do|else)\s+)(eval)\s+["']?\$)re", "text becomes code",
     Severity::Low},
};

// "char *gets(char *)" declares, it does not call.
bool isDeclaration(const std::string& code, std::size_t name) {
    std::size_t at = name;
    while (at > 0 && (code[at - 1] == ' ' || code[at - 1] == '*' || code[at - 1] == '\t')) --at;
    const std::size_t end = at;
    while (at > 0 && isWordCharacter(static_cast<unsigned char>(code[at - 1]))) --at;
    const std::string before = code.substr(at, end - at);
    return !before.empty() && before != "return" && before != "else" && before != "do" && before != "case" &&
           before != "throw" && before != "await" && before != "not" && before != "and" && before != "or" &&
           before != "in" && before != "print";
}

void unsafe(const FileView& file, Sink& sink) {
    if (!file.isCode()) return;
    static const std::vector<std::unique_ptr<Pattern>> compiled = [] {
        std::vector<std::unique_ptr<Pattern>> list;
        for (const UnsafeCall& call : unsafeCalls) list.push_back(std::make_unique<Pattern>(call.expression));
        return list;
    }();
    PatternMatch match;
    for (std::size_t i = 0; i < compiled.size(); ++i) {
        if (unsafeCalls[i].language != file.language) continue;
        for (std::size_t from = 0; compiled[i]->next(file.code, from, match);) {
            const auto at = static_cast<std::size_t>(match.groups[1].data() - file.code.data());
            from = at + match.groups[1].size();
            if (isDeclaration(file.code, at)) continue;
            Hit hit{lineOf(file, at), "Unsafe call: " + std::string(match.groups[1]),
                    std::string("Here ") + unsafeCalls[i].what + ".",
                    "Input from outside can reach further than it should."};
            hit.severity = static_cast<int>(file.test ? Severity::Note : unsafeCalls[i].severity);
            sink.hit(std::move(hit));
        }
    }
}

struct Argument {
    std::size_t begin, end;
};

std::vector<Argument> argumentsOf(const std::string& code, std::size_t open, std::size_t close) {
    std::vector<Argument> list;
    int depth = 0;
    std::size_t begin = open + 1;
    for (std::size_t at = open + 1; at < close; ++at) {
        const char c = code[at];
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == ')' || c == ']' || c == '}') --depth;
        if (c == ',' && depth == 0) {
            list.push_back({begin, at});
            begin = at + 1;
        }
    }
    list.push_back({begin, close});
    return list;
}

// Conversions a format asks for; -1 where it is beyond us (positions, width from an argument, glibc's %m).
int conversions(std::string_view format) {
    int count = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (++i < format.size() && format[i] == '%') continue;
        while (i < format.size() &&
               std::string_view("-+ #0'.123456789hlLqjzt").find(format[i]) != std::string_view::npos)
            ++i;
        if (i >= format.size() || format[i] == '*' || format[i] == '$' || format[i] == 'm' ||
            format[i] == '%')
            return -1;
        if (std::string_view("diouxXeEfFgGaAcspnCS").find(format[i]) == std::string_view::npos) return -1;
        ++count;
    }
    return count;
}

// The logical line, continued ones joined, begins with #define.
bool inMacro(const std::string& code, std::size_t at) {
    std::size_t begin = code.rfind('\n', at);
    while (begin != std::string::npos && begin > 0 && code[begin - 1] == '\\')
        begin = code.rfind('\n', begin - 1);
    static const Pattern define(R"re(\A\s*#\s*define\b)re");
    begin = begin == std::string::npos ? 0 : begin + 1;
    return define.matches(std::string_view(code).substr(begin, at - begin));
}

void formats(const FileView& file, Sink& sink) {
    if (!file.isCFamily()) return;
    static const Pattern call(
        R"re((?<![\w.>])(?:std::)?(printf|fprintf|sprintf|snprintf|syslog|dprintf)\s*\()re");
    PatternMatch match;
    for (std::size_t from = 0; call.next(file.code, from, match);) {
        const std::string name(match.groups[1]);
        const auto at = static_cast<std::size_t>(match.groups[1].data() - file.code.data());
        const std::size_t open = match.end - 1, close = closing(file.code, open);
        if (close == std::string::npos || isDeclaration(file.code, at)) continue;
        const auto list = argumentsOf(file.code, open, close);
        const std::size_t index = name == "printf" ? 0 : name == "snprintf" ? 2 : 1;
        if (list.size() <= index) continue;
        const std::string_view format =
            trim(std::string_view(file.uncommented)
                     .substr(list[index].begin, list[index].end - list[index].begin));
        static const Pattern variable(R"re(\A[A-Za-z_]\w*(?:(?:\.|->)\w+|\[\w+\])*\z)re");
        static const Pattern constant(R"re(\A[A-Z][A-Z0-9_]*\z|(?i:fmt|format|usage|help|msg_|text_))re");
        if (variable.matches(format)) {
            // In a macro the name stands for whatever its user writes, most often a literal and its values.
            if (list.size() == index + 1 && !constant.matches(format) && !inMacro(file.code, at))
                sink.hit(
                    {lineOf(file, at), "Format string is not a literal: " + std::string(format),
                     "What " + name + "() prints is taken for a format, and nothing else is given to it.",
                     "A % in the text reads or writes memory it should not."});
            continue;
        }
        // Only adjoining literals can be counted; macros such as PRIu64 hide conversions.
        static const Pattern literals(R"re(\A(?:"(?:[^"\\\n]|\\.)*"\s*)+\z)re");
        if (!literals.matches(format)) continue;
        std::string whole;
        bool inside = false;
        for (std::size_t i = 0; i < format.size(); ++i) {
            if (format[i] == '\\' && inside) {
                ++i;
                continue;
            }
            if (format[i] == '"')
                inside = !inside;
            else if (inside)
                whole.push_back(format[i]);
        }
        const int wanted = conversions(whole);
        const int given = static_cast<int>(list.size() - index - 1);
        const bool pack =
            given > 0 &&
            trim(std::string_view(file.code).substr(list.back().begin, list.back().end - list.back().begin))
                .ends_with("...");
        const bool preprocessor =
            file.code.substr(open, close - open).find("\n#") != std::string::npos ||
            file.code.substr(open, close - open).find("__VA_ARGS__") != std::string::npos;
        // A macro among the values may stand for several: S(n) for n, n == 1 ? "" : "s".
        static const Pattern macro(R"re(\b[A-Z][A-Z0-9_]*\s*\()re");
        const bool expands =
            given > 0 && wanted > given &&
            macro.matches(std::string_view(file.code).substr(list[index].end, close - list[index].end));
        if (wanted < 0 || wanted == given || pack || preprocessor || expands) continue;
        Hit hit{lineOf(file, at), "Format and arguments do not fit",
                "The format asks for " + std::to_string(wanted) + (wanted == 1 ? " value, " : " values, ") +
                    std::to_string(given) + (given == 1 ? " is given." : " are given."),
                wanted > given ? "What stands there by chance is read." : "A value is never shown."};
        hit.severity = static_cast<int>(wanted > given ? Severity::High : Severity::Low);
        sink.hit(std::move(hit));
    }
}

} // namespace

Family callChecks() {
    return {
        {{"C09", "Unsafe calls", "Are there calls that cannot be used safely?", "security", Severity::Medium,
          Precision::Finding},
         unsafe},
        {{"C10", "Format strings", "Do format strings fit their arguments?", "defect", Severity::Medium,
          Precision::Finding},
         formats},
    };
}

} // namespace app::checks
