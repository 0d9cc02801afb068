#include "app/intake.h"

#include "app/agent/prompts.h"
#include "app/report/checks.h"
#include "app/report/ledger.h"

#include <algorithm>

namespace app {

ContextOptions contextOptions(const Settings& settings, const ReadRequest& request, std::int64_t engineWindow, bool remote) {
    ContextOptions options;
    options.window = engineWindow > 0 ? engineWindow : fullWindow;
    options.reservePercent = settings.reservePercent;
    options.structure = request.structure;
    options.disarm = remote ? Disarm::Insert : Disarm::Leave;
    if (settings.chosenEngine() != "none") {
        const Prompts prompts = Prompts::load();
        options.systemText = prompts.text("system");
        options.toolsText = prompts.toolsText();
    }
    return options;
}

static void lookAt(Intake& intake, std::stop_token stop) {
    const ingest::Corpus& corpus = *intake.corpus;
    for (const ingest::Warning& warning : corpus.warnings())
        intake.warnings.push_back({"note", warning.what, warning.about});
    for (const TextHit& hit : scanSecrets(corpus, stop))
        intake.warnings.push_back({"secret", "looks like a secret (" + hit.rule + ")", ingest::toString(corpus, hit.span)});
    for (const TextHit& hit : scanInstructions(corpus, stop))
        intake.warnings.push_back({"instruction", "speaks to a model (" + hit.rule + ")", ingest::toString(corpus, hit.span)});
}

Intake readIntake(const ReadRequest& request, const Settings& settings,
                  const std::function<void(const IntakeProgress&)>& onProgress, std::stop_token stop) {
    Intake intake;
    intake.request = request;
    const auto say = [&](const char* stage, std::int64_t done, std::int64_t total, const std::string& current = {}) {
        if (onProgress)
            onProgress({stage, done, total, current});
    };
    intake.corpus = readSubject(
        request,
        [&](const ingest::ReadProgress& p) { say("read", std::int64_t(p.files), std::int64_t(p.filesTotal), p.current); }, stop);
    const Endpoint* const endpoint = settings.endpoint(settings.engine);
    const auto options = contextOptions(settings, request, endpoint ? endpoint->window : 0, endpoint != nullptr);
    const std::shared_ptr<const TokenCounter> counter = defaultTokenCounter();
    intake.context = planContext(
        intake.corpus, counter, options, [&](std::int64_t done, std::int64_t total) { say("plan", done, total); }, stop);

    Ledger ledger(intake.corpus);
    ledger.setTokensExact(counter->exact());
    if (!stop.stop_requested()) {
        for (std::uint32_t i = 0; i < intake.corpus->documents().size(); ++i)
            ledger.setTokens(i, intake.context->documentTokens(i));
        for (const LeftOut& left : intake.context->leftOut())
            ledger.mark(left.document, CoverageState::OverBudget, left.reason);
        for (const Piece& piece : intake.context->pieces())
            if (piece.structureOnly)
                ledger.mark(piece.document, CoverageState::StructureOnly, "signatures and headings only");
    } else {
        ledger.gap(subjectName(*intake.corpus), "stopped by the user");
        intake.stopped = true;
    }
    intake.manifest = ledger.manifest();
    intake.coverage = ledger.coverage();
    say("look", 0, 1);
    lookAt(intake, stop);
    say("look", 1, 1);
    return intake;
}

ReadRequest withRule(ReadRequest request, const std::string& pattern, bool include) {
    auto& globs = request.filter.globs;
    // An include as the first rule would leave everything else out (filter.h): a rule that excludes nothing goes before.
    if (include && globs.empty())
        globs.push_back({"/.lectern-none", false});
    std::erase_if(globs, [&](const auto& glob) { return glob.pattern == pattern; });
    globs.push_back({pattern, include});
    return request;
}

} // namespace app
