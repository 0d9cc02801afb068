// Review by a reviewer (level 2): scan branches that hand in candidates, clustering by code, verify branches that try
// to refute, and the rules that decide. The model never sees votes, and nothing it says sets a state by itself.
#include "app/agent/job_parts.h"

#include <algorithm>
#include <map>

namespace app {
namespace {

const Evidence* siteOf(const Finding& finding) {
    const auto site = std::find_if(finding.evidence.begin(), finding.evidence.end(),
                                   [](const Evidence& item) { return item.role == EvidenceRole::Site; });
    return site == finding.evidence.end() ? nullptr : &*site;
}

// The same problem seen twice: same kind, sites that touch.
bool same(const Finding& a, const Finding& b) {
    const Evidence *one = siteOf(a), *other = siteOf(b);
    return one && other && a.kind == b.kind && one->file == other->file && one->begin < other->end && other->begin < one->end;
}

// Candidates of all passes over one question, merged; `passes` finished.
std::vector<Finding> cluster(const std::vector<std::vector<Finding>>& passes) {
    std::vector<Finding> out;
    for (const auto& pass : passes) {
        std::vector<bool> voted(out.size(), false);
        for (const Finding& candidate : pass) {
            const auto found = std::find_if(out.begin(), out.end(), [&](const Finding& other) { return same(candidate, other); });
            if (found == out.end()) {
                out.push_back(candidate);
                voted.push_back(true);
                continue;
            }
            const auto index = static_cast<std::size_t>(found - out.begin());
            if (!voted[index])
                ++found->votesFor; // a pass has one vote, however often it says it
            voted[index] = true;
            found->severity = std::max(found->severity, candidate.severity);
        }
    }
    for (Finding& finding : out)
        finding.votesOf = static_cast<int>(passes.size());
    return out;
}

Verdict judge(Agent& agent, const Finding& finding, const std::string& candidate, const std::string& lens,
              std::stop_token stop) {
    BranchTask task;
    task.name = "verify " + candidate + (lens == "lens_true" ? "/1" : "/2");
    task.kind = BranchKind::Verify;
    task.question = finding.title.text;
    std::string claim = finding.claim.text;
    for (const Sentence& condition : finding.conditions)
        claim += "\nWhen: " + condition.text;
    if (!finding.consequence.text.empty())
        claim += "\nConsequence: " + finding.consequence.text;
    task.text = agent.prompts().fill("verify", {{"candidate", candidate}, {"claim", claim},
                                                {"evidence", evidenceLines(finding.evidence)},
                                                {"focus", surroundings(agent.model(), finding.evidence)},
                                                {"lens", agent.prompts().notice(lens)}});
    const BranchResult result = agent.run(task, stop);
    for (const NotedVerdict& noted : result.notes.verdicts)
        if (noted.candidate == candidate) {
            Verdict verdict = noted.verdict;
            verdict.lens = lens == "lens_true" ? "is it so" : "does it matter";
            return verdict;
        }
    return {};
}

} // namespace

std::vector<Finding> scanForFindings(ModelRun& run, const std::vector<ScanQuestion>& questions, std::stop_token stop) {
    if (!run.backend || run.info.level < 2)
        return {};
    Agent agent(run);
    if (!questions.empty())
        agent.warmUp(stop);
    std::vector<Finding> out;
    for (const ScanQuestion& question : questions) {
        std::vector<std::string> wordings{question.question};
        wordings.insert(wordings.end(), question.wordings.begin(), question.wordings.end());
        std::vector<std::vector<Finding>> passes;
        for (std::size_t i = 0; i < wordings.size() && !stop.stop_requested() && run.engineFailure.empty(); ++i) {
            BranchTask task;
            task.name = "scan " + question.id + "/" + std::to_string(i + 1);
            task.kind = BranchKind::Scan;
            task.question = wordings[i];
            task.mustHandIn = false; // finding nothing is a good result
            task.text = agent.prompts().fill("scan", {{"scope", question.scope.empty() ? "all files" : question.scope},
                                                      {"focus", question.focus}, {"question", wordings[i]}});
            BranchResult branch = agent.run(task, stop);
            if (!branch.finished() && branch.notes.findings.empty())
                continue; // it has no vote: it did not look to the end
            for (Finding& finding : branch.notes.findings)
                finding.rule = question.id;
            passes.push_back(std::move(branch.notes.findings));
        }
        if (passes.size() < wordings.size())
            run.unfinished = true;
        for (Finding& finding : cluster(passes)) {
            // Several questions meet in one place: it is one problem, verified and shown once.
            if (const auto known = std::find_if(out.begin(), out.end(), [&](const Finding& other) { return same(finding, other); });
                known != out.end()) {
                known->severity = std::max(known->severity, finding.severity);
                continue;
            }
            if (run.onEvent)
                run.onEvent("candidate", {{"rule", finding.rule}, {"title", finding.title.text},
                                          {"at", siteOf(finding) ? siteOf(finding)->at : ""},
                                          {"votes", {{"for", finding.votesFor}, {"of", finding.votesOf}}}});
            out.push_back(std::move(finding));
        }
    }
    return out;
}

void verifyFindings(ModelRun& run, std::vector<Finding>& findings, std::stop_token stop) {
    const auto mine = [](const Finding& finding) { return finding.source == "model"; };
    if (!run.backend || run.info.level < 2 || std::none_of(findings.begin(), findings.end(), mine))
        return;
    Agent agent(run);
    agent.warmUp(stop);
    int number = 0, silent = 0, asked = 0;
    for (Finding& finding : findings) {
        if (!mine(finding))
            continue;
        const std::string candidate = "C" + std::to_string(++number);
        std::vector<std::string> lenses{"lens_true"};
        if (finding.severity >= Severity::High)
            lenses.push_back("lens_matters");
        for (const std::string& lens : lenses) {
            if (stop.stop_requested() || !siteOf(finding))
                break;
            ++asked;
            Verdict verdict = judge(agent, finding, candidate, lens, stop);
            if (verdict.outcome.empty()) {
                ++silent;
                verdict.lens = lens == "lens_true" ? "is it so" : "does it matter";
                verdict.outcome = "uncertain";
                verdict.reason = "The verifier gave no verdict.";
            }
            finding.verdicts.push_back(std::move(verdict));
        }
    }
    if (silent > 0) {
        run.unfinished = true;
        note(run, "The verifier was unreliable: it gave no verdict in " + std::to_string(silent) + " of " +
                  std::to_string(asked) + " cases, so no confidence is above weak.");
    }
    for (Finding& finding : findings)
        if (mine(finding))
            decide(finding, silent == 0);
}

void decide(Finding& finding, bool verifierHealthy) {
    if (finding.source != "model")
        return;
    const auto settle = [&](const char* state, const char* reason, const char* confidence) {
        finding.state = state;
        finding.stateReason = reason;
        finding.confidence = verifierHealthy ? confidence : "weak";
    };
    const Evidence* site = siteOf(finding);
    if (!site || (site->state != ProofState::Proven && site->state != ProofState::Ocr))
        return settle("rejected", "not located", "weak");
    const auto count = [&](std::string_view outcome) {
        return std::count_if(finding.verdicts.begin(), finding.verdicts.end(),
                             [&](const Verdict& verdict) { return verdict.outcome == outcome; });
    };
    const auto lenses = static_cast<std::ptrdiff_t>(finding.verdicts.size());
    const bool grounded = std::all_of(finding.verdicts.begin(), finding.verdicts.end(), [](const Verdict& verdict) {
        return verdict.outcome != "refuted" || !verdict.counter.empty();
    });
    if (lenses > 0 && count("refuted") == lenses && grounded)
        return settle("rejected", "refuted", "weak");
    if (lenses > 0 && count("confirmed") == lenses) {
        const bool witness = !finding.witnesses.empty();
        if (lenses >= 2 || witness)
            return settle("open", "confirmed", "strong");
        const bool majority = finding.votesOf > 0 && finding.votesFor * 3 >= finding.votesOf * 2;
        return settle("open", "confirmed", majority ? "moderate" : "weak");
    }
    settle("uncertain", lenses == 0 ? "not verified" : "the verifier was not certain", "weak");
}

} // namespace app
