#include "app/report/finding.h"

#include "app/report/text_folding.h"
#include "ingest/filter.h"
#include "ingest/search.h"

#include <QCryptographicHash>

#include <algorithm>
#include <map>
#include <set>

namespace app {

namespace {

const Evidence* siteOf(const Finding& finding) {
    for (const Evidence& evidence : finding.evidence) {
        if (evidence.role == EvidenceRole::Site) {
            return &evidence;
        }
    }
    return finding.evidence.empty() ? nullptr : &finding.evidence.front();
}

// The whole lines around the site without white space: survives reindentation and moves, not a change of the
// words.
std::string normalised(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (!isSpace(static_cast<unsigned char>(c))) {
            result.push_back(c);
        }
    }
    return result;
}

// Name of the symbol or heading whose lines hold the byte; the innermost one.
std::string enclosing(const std::vector<ingest::Symbol>& symbols, std::size_t byte) {
    const ingest::Symbol* best = nullptr;
    for (const ingest::Symbol& symbol : symbols) {
        if (symbol.span.begin <= byte && byte < std::max(symbol.span.end, symbol.span.begin + 1) &&
            (best == nullptr || symbol.span.begin >= best->span.begin)) {
            best = &symbol;
        }
    }
    return best == nullptr ? std::string() : best->scope + "::" + best->name;
}

std::set<std::string> tokens(std::string_view text) {
    std::set<std::string> result;
    std::string word;
    for (const char c : text) {
        if (isWordCharacter(static_cast<unsigned char>(c))) {
            word.push_back(c);
        } else if (!word.empty()) {
            result.insert(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) {
        result.insert(std::move(word));
    }
    return result;
}

double overlap(std::string_view a, std::string_view b) {
    const auto left = tokens(a), right = tokens(b);
    std::size_t common = 0;
    for (const std::string& word : left) {
        common += right.count(word);
    }
    const std::size_t all = left.size() + right.size() - common;
    return all == 0 ? 1 : static_cast<double>(common) / static_cast<double>(all);
}

std::string siteText(const Finding& finding) {
    const Evidence* site = siteOf(finding);
    return site == nullptr ? std::string() : site->quote;
}

std::string siteFile(const Finding& finding) {
    const Evidence* site = siteOf(finding);
    return site == nullptr ? std::string() : site->file;
}

} // namespace

std::string sha256Hex(std::string_view bytes) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())));
    return hash.result().toHex().toStdString();
}

std::string fingerprint(const Finding& finding, const ingest::Corpus& corpus) {
    const Evidence* site = siteOf(finding);
    std::string key = finding.rule + '\0' + finding.kind + '\0';
    if (site != nullptr) {
        key += site->file + '\0' + normalised(site->quote) + '\0';
        if (const auto document = corpus.find(site->file)) {
            key += enclosing(ingest::outline(corpus, *document), static_cast<std::size_t>(site->begin));
        }
    }
    return sha256Hex(key);
}

std::vector<Finding> matchEarlier(std::vector<Finding>& now, const std::vector<Finding>& earlier,
                                  const ingest::Corpus& corpus, const std::string& runId) {
    std::set<std::size_t> used;
    const auto adopt = [&](Finding& finding, std::size_t index, const char* since) {
        const Finding& old = earlier[index];
        used.insert(index);
        finding.since = old.state == "fixed" ? "reopened" : since;
        finding.firstRun = old.firstRun.empty() ? old.lastRun : old.firstRun;
        if (old.dismissal && old.state == "dismissed") {
            finding.dismissal = old.dismissal;
            finding.state = "dismissed";
            finding.stateReason = old.dismissal->reason;
        }
    };
    std::multimap<std::string, std::size_t> byFingerprint, byContent;
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        byFingerprint.emplace(earlier[i].fingerprint, i);
        byContent.emplace(earlier[i].rule + '\0' + normalised(siteText(earlier[i])), i);
    }
    std::vector<Finding*> open;
    for (Finding& finding : now) {
        finding.lastRun = runId;
        const auto [from, to] = byFingerprint.equal_range(finding.fingerprint);
        const auto same =
            std::find_if(from, to, [&](const auto& entry) { return !used.contains(entry.second); });
        if (same != to) {
            adopt(finding, same->second, "unchanged");
        } else {
            open.push_back(&finding);
        }
    }
    std::vector<Finding*> rest;
    for (Finding* finding : open) {
        bool matched = false;
        for (std::size_t i = 0; i < earlier.size() && !matched; ++i) {
            if (!used.contains(i) && earlier[i].rule == finding->rule &&
                siteFile(earlier[i]) == siteFile(*finding) &&
                overlap(siteText(earlier[i]), siteText(*finding)) >= 0.8) {
                adopt(*finding, i, "unchanged");
                matched = true;
            }
        }
        if (!matched) {
            rest.push_back(finding);
        }
    }
    for (Finding* finding : rest) {
        const auto [from, to] = byContent.equal_range(finding->rule + '\0' + normalised(siteText(*finding)));
        const auto moved =
            std::find_if(from, to, [&](const auto& entry) { return !used.contains(entry.second); });
        if (moved != to) {
            adopt(*finding, moved->second, "moved");
        } else {
            finding->since = "new";
            finding->firstRun = runId;
        }
    }
    std::vector<Finding> gone;
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        if (used.contains(i) || earlier[i].state == "rejected" || earlier[i].state == "fixed" ||
            earlier[i].state == "dismissed") {
            continue;
        }
        Finding old = earlier[i];
        // The check that found it has looked again and no longer fires, over a file that was read or is gone.
        old.state = "fixed";
        old.stateReason =
            !corpus.find(siteFile(old)) ? "the file is no longer there"
            : old.source == "user"      ? "the quoted text is no longer there"
                                        : "the check no longer fires there";
        old.lastRun = runId;
        gone.push_back(std::move(old));
    }
    return gone;
}

void applyDismissals(std::vector<Finding>& findings, const std::vector<StoredDismissal>& dismissals) {
    for (Finding& finding : findings)
        for (const StoredDismissal& one : dismissals) {
            const bool same = !one.fingerprint.empty() && one.fingerprint == finding.fingerprint;
            const bool rule = one.rule == finding.rule &&
                              (one.scope == "everywhere" ||
                               (one.scope == "rule-here" && ingest::globMatch(one.glob, siteFile(finding))));
            if (!same && !rule) continue;
            finding.state = "dismissed";
            finding.stateReason = one.reason;
            finding.dismissal = Dismissal{one.reason, one.scope, one.by, one.when};
            break;
        }
}

bool shownAt(const Finding& finding, int strictness) {
    if (finding.state == "open") {
        return strictness < 3 || finding.confidence == "strong";
    }
    if (finding.state == "uncertain") {
        return strictness == 0 ||
               (strictness == 1 && finding.votesOf > 0 && finding.votesFor * 2 >= finding.votesOf);
    }
    return false;
}

void sortAndNumber(std::vector<Finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        if (a.severity != b.severity) {
            return a.severity > b.severity;
        }
        const Evidence* left = siteOf(a);
        const Evidence* right = siteOf(b);
        const std::string leftFile = left ? left->file : std::string(),
                          rightFile = right ? right->file : std::string();
        if (leftFile != rightFile) {
            return leftFile < rightFile;
        }
        const std::uint64_t leftAt = left ? left->begin : 0, rightAt = right ? right->begin : 0;
        return leftAt != rightAt ? leftAt < rightAt : a.rule < b.rule;
    });
    int number = 0;
    for (Finding& finding : findings) {
        finding.id = 'F' + std::to_string(++number);
    }
}

} // namespace app
