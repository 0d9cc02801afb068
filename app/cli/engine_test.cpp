// lectern engine test: measures an engine's level and stores it; a lower one than before is worth a look (code 1).

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"

#include "app/agent/self_test.h"
#include "app/backend/engine_levels.h"

namespace app::cli {

int engineTest(Invocation& call) {
    if (call.positional().size() > 2) throw UsageError("lectern engine test takes one engine.", call.positional()[2]);
    if (call.positional().size() == 2) call.settings().engine = call.positional()[1];
    Backend* const backend = call.backend();
    if (backend == nullptr) throw UsageError("There is no engine to test.", "--engine", "give --engine built-in, a model folder or a saved endpoint");
    const BackendInfo info = backend->info();
    if (!info.host.empty()) {
        // A served model costs money and gets bytes: invented sentences only, a few thousand tokens.
        call.consent({.host = info.host, .model = info.model, .bytes = 200'000});
    }
    const int before = info.host.empty() ? storedLevel(info.fingerprint) : info.level;
    const SelfTestResult result = runSelfTest(*backend, [&](int done, int total) { call.progress().update("Testing", done, total, "questions", ""); }, call.stop());
    call.progress().clear();
    if (!result.complete) return call.exitCode();
    if (!info.fingerprint.empty()) storeLevel(info.fingerprint, result.level);
    const char* const names[] = {"none", "reader", "reviewer"};
    call.print(info.model + ": level " + std::to_string(result.level) + " (" + names[result.level] + ")");
    call.print("  pointed at " + std::to_string(result.places) + " of 12 passages, claimed " + std::to_string(result.falseClaims) + " of 12 that are not there");
    if (result.reviewerTried)
        call.print("  refused " + std::to_string(result.trueRefused) + " of 10 true claims, accepted " + std::to_string(result.falseAccepted) +
                   " of 10 false ones; " + std::to_string(result.validCalls) + " of 20 tool calls valid");
    if (result.level < before)
        call.conditions().add(Exit::Findings, "the level fell from " + std::to_string(before) + " to " + std::to_string(result.level));
    call.printJson({{"schema", "lectern.engine-test/1"}, {"engine", info.name}, {"model", info.model}, {"fingerprint", info.fingerprint}, {"level", result.level},
                    {"level_before", before}, {"places", result.places}, {"false_claims", result.falseClaims}, {"reviewer_tried", result.reviewerTried},
                    {"true_refused", result.trueRefused}, {"false_accepted", result.falseAccepted}, {"valid_calls", result.validCalls},
                    {"tokens", {{"input_uncached", result.usage.inputUncached}, {"input_cached", result.usage.inputCached}, {"output", result.usage.output}}}});
    return call.exitCode();
}

} // namespace app::cli
