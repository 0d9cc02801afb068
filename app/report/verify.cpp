#include "app/report/verify.h"

#include "app/report/citation.h"
#include "app/report/report_json.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace app {

namespace {

class Prover {
public:
    Prover(std::shared_ptr<const ingest::Corpus> corpus, std::stop_token stop)
        : m_corpus(std::move(corpus)), m_resolver(m_corpus), m_stop(std::move(stop)) {}

    void prove(const std::string& name, const std::vector<Evidence>& evidence) {
        for (const Evidence& one : evidence) {
            if (m_stop.stop_requested()) {
                throw std::runtime_error("The verification was stopped; what it had proved until then proves "
                                         "nothing about the rest.");
            }
            proveOne(name, one);
        }
    }

    // Files that were read but are cited nowhere: a changed one makes the report's coverage untrue.
    void proveManifest(const std::vector<ManifestRow>& manifest) {
        for (const ManifestRow& row : manifest) {
            if ((row.state != "in_context" && row.state != "structure_only") ||
                m_reported.contains(row.path)) {
                continue;
            }
            const auto document = m_corpus->find(row.path);
            if (!document) {
                if (m_missing.insert(row.path).second) {
                    m_proof.changed.push_back(
                        {"manifest", row.path, row.state, "gone", "the file is not in the corpus"});
                }
            } else if (m_corpus->document(*document).sha256() != row.sha256) {
                m_proof.changed.push_back({"manifest", row.path, row.state, "altered",
                                           "the file is another one than the one that was read"});
            }
        }
    }

    Proof take() {
        m_proof.missing.assign(m_missing.begin(), m_missing.end());
        return std::move(m_proof);
    }

private:
    void changed(const std::string& name, const Evidence& evidence, std::string now, std::string detail) {
        m_reported.insert(evidence.file);
        m_proof.changed.push_back(
            {name, evidence.at, toString(evidence.state), std::move(now), std::move(detail)});
    }

    void proveOne(const std::string& name, const Evidence& evidence) {
        // What the run itself called unproven is no claim to be held to.
        if (evidence.state == ProofState::NotFound || evidence.state == ProofState::Misattributed) {
            return;
        }
        ++m_proof.checked;
        const auto document = m_corpus->find(evidence.file);
        if (!document) {
            m_missing.insert(evidence.file);
            changed(name, evidence, "gone", "the file is not in the corpus");
            return;
        }
        const ingest::Document& source = m_corpus->document(*document);
        const std::string& text = source.text();
        if (source.sha256() == evidence.sha256) {
            sameFile(name, evidence, text);
            return;
        }
        otherFile(name, evidence, source);
    }

    // The file is byte for byte the one that was read: so must the quote be.
    void sameFile(const std::string& name, const Evidence& evidence, const std::string& text) {
        if (evidence.end > text.size()) {
            changed(name, evidence, "altered", "the range lies outside the file: the report was changed");
            return;
        }
        const auto begin = static_cast<std::size_t>(evidence.begin);
        const std::string_view found =
            std::string_view(text).substr(begin, static_cast<std::size_t>(evidence.end) - begin);
        if (evidence.step == "redacted") {
            ++m_proof.held; // file and range hold; the words were taken out of the report on purpose
            return;
        }
        if (found != evidence.quote) {
            const auto at =
                std::mismatch(found.begin(), found.end(), evidence.quote.begin(), evidence.quote.end()).first;
            changed(name, evidence, "altered",
                    "the file is unchanged but the report's quote differs from byte " +
                        std::to_string(begin + static_cast<std::size_t>(at - found.begin())) +
                        " on: the report was changed");
            return;
        }
        const bool before =
            evidence.before.size() <= begin &&
            text.compare(begin - evidence.before.size(), evidence.before.size(), evidence.before) == 0;
        const bool after =
            text.compare(static_cast<std::size_t>(evidence.end), evidence.after.size(), evidence.after) == 0;
        if ((!evidence.before.empty() && !before) || (!evidence.after.empty() && !after)) {
            changed(name, evidence, "altered",
                    "the lines around the quote differ from the file: the report was changed");
            return;
        }
        ++m_proof.held;
    }

    void otherFile(const std::string& name, const Evidence& evidence, const ingest::Document& source) {
        const std::string& text = source.text();
        const auto begin = static_cast<std::size_t>(evidence.begin);
        const auto end = static_cast<std::size_t>(evidence.end);
        if (evidence.step == "redacted") {
            changed(name, evidence, "altered",
                    "the file has changed and the quote was redacted, so it cannot be proved");
            return;
        }
        if (end <= text.size() && std::string_view(text).substr(begin, end - begin) == evidence.quote) {
            changed(name, evidence, "file changed",
                    "the quote still stands at the same bytes, but the file is another one");
            return;
        }
        if (const auto at = text.find(evidence.quote); at != std::string::npos) {
            changed(name, evidence, "moved",
                    "now at byte " + std::to_string(at) + ", line " + std::to_string(source.lineAt(at)));
            return;
        }
        Quote quote{evidence.quote, evidence.file, 0, evidence.page};
        if (evidence.page == 0) {
            quote.line = source.lineAt(std::min(begin, text.size()));
        }
        const Resolution now = m_resolver.resolve(quote, m_stop);
        if (now.state == ProofState::Proven || now.state == ProofState::Ambiguous) {
            const auto& place = now.spans.empty() ? now.candidates.front() : now.spans.front();
            changed(name, evidence, "moved", "now at " + ingest::toString(*m_corpus, place));
            return;
        }
        if (now.state == ProofState::Misattributed) {
            changed(name, evidence, "moved", "now at " + ingest::toString(*m_corpus, now.spans.front()));
            return;
        }
        std::string detail = "the words are no longer there";
        const std::size_t shared =
            std::min(text.size() > begin ? text.size() - begin : 0, evidence.quote.size());
        for (std::size_t i = 0; i < shared; ++i) {
            if (text[begin + i] != evidence.quote[i]) {
                detail = "first differing byte " + std::to_string(begin + i);
                break;
            }
        }
        changed(name, evidence, now.state == ProofState::Approximate ? "altered" : "gone", detail);
    }

    std::shared_ptr<const ingest::Corpus> m_corpus;
    Resolver m_resolver;
    std::stop_token m_stop;
    Proof m_proof;
    std::set<std::string> m_missing, m_reported;
};

} // namespace

Proof verifyReport(const Report& report, std::shared_ptr<const ingest::Corpus> corpus, std::stop_token stop) {
    Prover prover(std::move(corpus), std::move(stop));
    const std::pair<const char*, const std::vector<Sentence>*> sentences[] = {{"summary ", &report.summary},
                                                                              {"answer ", &report.answer}};
    for (const auto& [name, list] : sentences) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            prover.prove(name + std::to_string(i + 1), (*list)[i].evidence);
        }
    }
    for (const auto* list : {&report.findings, &report.rejected}) {
        for (const Finding& finding : *list) {
            if (finding.state == "fixed") {
                continue; // its place is gone, and that is what the report says
            }
            prover.prove(finding.id, finding.title.evidence);
            prover.prove(finding.id, finding.claim.evidence);
            prover.prove(finding.id, finding.consequence.evidence);
            for (const Sentence& condition : finding.conditions) {
                prover.prove(finding.id, condition.evidence);
            }
            prover.prove(finding.id, finding.evidence);
            for (const Verdict& verdict : finding.verdicts) {
                prover.prove(finding.id, verdict.counter);
            }
        }
    }
    prover.proveManifest(report.manifest);
    return prover.take();
}

nlohmann::ordered_json toJson(const Proof& proof) {
    auto changed = nlohmann::ordered_json::array();
    for (const ProofChange& change : proof.changed) {
        changed.push_back({{"finding", change.finding},
                           {"at", change.at},
                           {"was", change.was},
                           {"now", change.now},
                           {"detail", change.detail}});
    }
    return {{"schema", "lectern.proof/1"},
            {"checked", proof.checked},
            {"held", proof.held},
            {"changed", std::move(changed)},
            {"missing", proof.missing}};
}

} // namespace app
