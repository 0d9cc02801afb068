// C13 exceptions that are swallowed without a word; C14 a return between lock and unlock.
#include "app/report/checks/check.h"

#include <algorithm>

namespace app::checks {

namespace {

void swallowed(const FileView& file, Sink& sink) {
    if (!file.isCode() || file.test) return;
    PatternMatch match;
    const auto report = [&](std::size_t at, std::size_t end, const char* what) {
        // A comment inside says that somebody thought about it.
        if (trim(std::string_view(file.text).substr(at, end - at)) !=
                trim(std::string_view(file.code).substr(at, end - at)) &&
            std::string_view(file.text).substr(at, end - at) !=
                std::string_view(file.code).substr(at, end - at))
            return;
        sink.hit({lineOf(file, at), "Exception swallowed", what, "A failure passes unnoticed."});
    };
    if (file.language == "python") {
        static const Pattern handler(
            R"re(^[ \t]*except(?:[ \t]+(?:Exception|BaseException)(?:[ \t]+as[ \t]+\w+)?)?[ \t]*:[ \t]*(?:\r?\n[ \t]+)?pass[ \t]*\r?$)re");
        for (std::size_t from = 0; handler.next(file.code, from, match);)
            report(match.begin + (match.groups[0].size() - trim(match.groups[0]).size() > 0
                                      ? match.groups[0].find("except")
                                      : 0),
                   match.end, "Every error is caught and nothing is done about it.");
        return;
    }
    if (file.language == "c") {
        static const Pattern handler(
            R"re(\bcatch\s*\(\s*(?:\.\.\.|(?:const\s+)?std::exception\s*&?\s*\w*)\s*\)\s*\{\s*\})re");
        for (std::size_t from = 0; handler.next(file.code, from, match);)
            report(match.begin, match.end, "Every error is caught and nothing is done about it.");
        return;
    }
    if (file.language == "java" || file.language == "javascript" || file.language == "kotlin") {
        static const Pattern handler(
            R"re(\bcatch\s*(?:\(\s*(?:(?:final\s+)?(?:Exception|Throwable)\s+\w+|\w+|\w+\s*:\s*\w+)\s*\))?\s*\{\s*\})re");
        for (std::size_t from = 0; handler.next(file.code, from, match);)
            report(match.begin, match.end, "Every error is caught and nothing is done about it.");
    }
}

void lockedReturns(const FileView& file, Sink& sink) {
    if (!file.isCFamily()) return;
    static const Pattern lock(
        R"re(\b(?:pthread_)?(mutex|spin|rwlock)_(?:lock|wrlock|rdlock)\s*\(\s*(&?[\w.>\-\[\]]+)\s*\)\s*;)re");
    static const Pattern leave(R"re(\breturn\b[^;]*;)re");
    PatternMatch match;
    for (std::size_t from = 0; lock.next(file.code, from, match);) {
        const std::string held(match.groups[2]);
        int depth = 0;
        std::size_t end = match.end;
        // To the end of the block that took the lock.
        for (; end < file.code.size() && end < match.end + 6000; ++end) {
            if (file.code[end] == '{') ++depth;
            if (file.code[end] == '}' && --depth < 0) break;
        }
        const std::string_view body = std::string_view(file.code).substr(match.end, end - match.end);
        const std::size_t release = [&] {
            for (std::size_t at = body.find("unlock"); at != std::string_view::npos;
                 at = body.find("unlock", at + 1))
                if (trim(body.substr(std::min(body.find('(', at) + 1, body.size()), held.size() + 2))
                        .starts_with(held))
                    return at;
            return std::string_view::npos;
        }();
        if (release == std::string_view::npos) continue; // released elsewhere, by design
        PatternMatch out;
        for (std::size_t at = 0; leave.next(body.substr(0, release), at, out);) {
            sink.hit({lineOf(file, match.end + out.begin),
                      "Return while " + held + " is held",
                      "The lock taken above is released further down, not before this return.",
                      "The next one who wants it waits for ever.",
                      {{lineOf(file, match.begin), EvidenceRole::Cause}}});
            break;
        }
    }
}

} // namespace

Family flowChecks() {
    return {
        {{"C13", "Swallowed exceptions", "Are errors caught and dropped?", "defect", Severity::Low,
          Precision::Finding},
         swallowed},
        {{"C14", "Locks on the way out", "Is there a return between lock and unlock?", "defect",
          Severity::Note, Precision::Note},
         lockedReturns},
    };
}

} // namespace app::checks
