// Choosing among the units: their place, the words they share with headings, how central they are to their
// section (PageRank over TF-IDF cosine), for code how many other files name the symbol; then maximal marginal
// relevance, so that no two chosen sentences say the same.
#include "app/report/summary.h"

#include "app/report/checks/check.h"
#include "app/report/citation.h"
#include "app/report/summary_text.h"
#include "ingest/kind.h"
#include "ingest/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace app {

namespace {

constexpr std::size_t mostPerSection = 400;
constexpr double relevance = 0.7; // against novelty

using Vector = std::vector<std::pair<std::uint32_t, float>>; // term, weight; sorted, length 1

double cosine(const Vector& a, const Vector& b) {
    double sum = 0;
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
        if (i->first < j->first)
            ++i;
        else if (j->first < i->first)
            ++j;
        else
            sum += static_cast<double>(i++->second) * static_cast<double>(j++->second);
    }
    return sum;
}

struct Candidate {
    Unit unit;
    Vector vector;
    std::string group;
    double score = 0;
};

std::vector<Vector> vectorsOf(const ingest::Corpus& corpus, const std::vector<Candidate>& candidates) {
    std::unordered_map<std::string, std::uint32_t> ids;
    std::vector<int> frequency;
    std::vector<std::map<std::uint32_t, int>> counts;
    for (const Candidate& candidate : candidates) {
        std::map<std::uint32_t, int> count;
        for (const std::string& term : termsOf(ingest::textOf(corpus, candidate.unit.span))) {
            if (term.size() < 3 || isStopWord(term)) continue;
            const auto [at, fresh] = ids.emplace(term, static_cast<std::uint32_t>(ids.size()));
            if (fresh) frequency.push_back(0);
            if (count[at->second]++ == 0) ++frequency[at->second];
        }
        counts.push_back(std::move(count));
    }
    const double total = static_cast<double>(std::max<std::size_t>(1, candidates.size()));
    std::vector<Vector> vectors;
    for (const auto& count : counts) {
        Vector vector;
        double length = 0;
        for (const auto& [term, n] : count) {
            const double weight = (1 + std::log(n)) * std::log(1 + total / frequency[term]);
            vector.emplace_back(term, static_cast<float>(weight));
            length += weight * weight;
        }
        for (auto& [term, weight] : vector)
            weight = static_cast<float>(static_cast<double>(weight) / std::sqrt(length));
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

// PageRank over the similarity graph; the most central sentence gets 1.
std::vector<double> centrality(const std::vector<const Candidate*>& section) {
    const std::size_t n = section.size();
    std::vector<std::vector<double>> weight(n, std::vector<double>(n, 0));
    std::vector<double> out(n, 0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j) {
            const double similarity = cosine(section[i]->vector, section[j]->vector);
            if (similarity < 0.05 || similarity > 0.98) continue; // copies do not vote for each other
            weight[i][j] = weight[j][i] = similarity;
            out[i] += similarity;
            out[j] += similarity;
        }
    std::vector<double> rank(n, 1.0 / static_cast<double>(std::max<std::size_t>(1, n)));
    for (int round = 0; round < 30; ++round) {
        std::vector<double> next(n, 0.15 / static_cast<double>(n));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n && out[i] > 0; ++j)
                next[j] += 0.85 * rank[i] * weight[i][j] / out[i];
        rank = std::move(next);
    }
    const double best = n == 0 ? 1 : *std::max_element(rank.begin(), rank.end());
    for (double& value : rank) value /= std::max(best, 1e-9);
    return rank;
}

std::string topFolder(const std::string& path) {
    const auto slash = path.find('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string groupOf(const ingest::Corpus& corpus, const Unit& unit, SummaryBy by) {
    const std::string& path = corpus.document(unit.span.document).path();
    switch (by) {
    case SummaryBy::All:
        return {};
    case SummaryBy::Folder:
        return checks::folderOf(path).empty() ? "." : checks::folderOf(path);
    case SummaryBy::Document:
        return path;
    case SummaryBy::Section:
        return unit.section.empty() ? path : path + " \u203A " + unit.section;
    }
    return {};
}

// README first of all, then what lies near the root; texts about the project's own housekeeping last.
double documentWeight(const ingest::Document& document) {
    static const Pattern readme(R"((^|/)(readme|index|overview|introduction|about|intro)(\.[a-z]+)*$)",
                                Letters::AnyCase);
    static const Pattern housekeeping(
        R"((^|/)(licen[cs]e|copying|copyright|authors|contributors|changelog|changes|news|history|code_of_conduct|codeowners|security|maintainers|thanks|todo|install|releas[a-z]*|contributing)([._-][^/]*)?$|(^|/)(\.github|third_?party|vendor|node_modules|examples?|demos?|samples?|benchmarks?|bench)/)",
        Letters::AnyCase);
    const auto depth = std::count(document.path().begin(), document.path().end(), '/');
    double weight = depth == 0 ? 0.25 : depth == 1 ? 0.1 : 0;
    if (readme.matches(document.path())) weight += depth == 0 ? 0.6 : 0.25;
    if (housekeeping.matches(document.path())) weight -= 0.7;
    if (checks::isTestPath(document.path())) weight -= 0.4;
    return weight;
}

// How many files use each symbol name, for the names that summaries may show.
std::unordered_map<std::string, int>
usesOf(const ingest::Corpus& corpus, const std::unordered_set<std::string>& names, std::stop_token stop) {
    std::unordered_map<std::string, int> uses;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i) {
        if (corpus.document(i).kind() != ingest::Kind::Code) continue;
        const std::string& text = corpus.document(i).text();
        std::unordered_set<std::string> here;
        std::string word;
        for (std::size_t at = 0; at <= text.size(); ++at) {
            const char c = at < text.size() ? text[at] : ' ';
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') {
                word.push_back(c);
            } else if (!word.empty()) {
                if (names.contains(word)) here.insert(word);
                word.clear();
            }
        }
        for (const std::string& name : here) ++uses[name];
    }
    return uses;
}

std::vector<Candidate> scored(const ingest::Corpus& corpus, SummaryBy by, std::stop_token stop) {
    std::vector<Candidate> all;
    std::unordered_set<std::string> names;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i) {
        auto units = summaryUnits(corpus, i, stop);
        // The best places of a long document stand for it in the graph.
        std::stable_sort(units.begin(), units.end(),
                         [](const Unit& a, const Unit& b) { return a.prior > b.prior; });
        if (units.size() > mostPerSection) units.resize(mostPerSection);
        for (Unit& unit : units) {
            if (corpus.document(i).kind() == ingest::Kind::Code && !unit.section.empty())
                names.insert(unit.section);
            std::string group = groupOf(corpus, unit, by);
            all.push_back({std::move(unit), {}, std::move(group), 0});
        }
    }
    auto vectors = vectorsOf(corpus, all);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].vector = std::move(vectors[i]);
    const auto uses = usesOf(corpus, names, stop);

    // Sections of the graph: a document, or for code its folder.
    std::map<std::string, std::vector<std::size_t>> sections;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const ingest::Document& document = corpus.document(all[i].unit.span.document);
        sections[document.kind() == ingest::Kind::Code ? checks::folderOf(document.path()) + "/"
                                                       : document.path()]
            .push_back(i);
    }
    for (auto& [name, members] : sections) {
        if (stop.stop_requested()) break;
        std::stable_sort(members.begin(), members.end(),
                         [&](std::size_t a, std::size_t b) { return all[a].unit.prior > all[b].unit.prior; });
        std::vector<const Candidate*> head;
        std::set<std::string> headingTerms;
        for (const std::size_t i : members) {
            if (head.size() < mostPerSection) head.push_back(&all[i]);
            if (all[i].unit.kind == UnitKind::Heading || all[i].unit.kind == UnitKind::Title)
                for (const std::string& term : termsOf(ingest::textOf(corpus, all[i].unit.span)))
                    if (!isStopWord(term)) headingTerms.insert(term);
        }
        const auto rank = centrality(head);
        for (std::size_t k = 0; k < members.size(); ++k) {
            Candidate& candidate = all[members[k]];
            const ingest::Document& document = corpus.document(candidate.unit.span.document);
            int shared = 0;
            for (const std::string& term : termsOf(ingest::textOf(corpus, candidate.unit.span)))
                shared += headingTerms.contains(term) ? 1 : 0;
            candidate.score = candidate.unit.prior + documentWeight(document) +
                              0.15 * std::min(1.0, shared / 4.0) + 0.35 * (k < rank.size() ? rank[k] : 0);
            if (const auto use = uses.find(candidate.unit.section); use != uses.end())
                candidate.score += 0.12 * std::log2(std::max(1, use->second));
        }
    }
    return all;
}

bool standsAlone(const Unit& unit) {
    return unit.kind != UnitKind::Heading && unit.kind != UnitKind::Title;
}

// Indices of the chosen candidates: first the best of every group that must be heard, then the rest by
// marginal gain.
std::vector<std::size_t> choose(const ingest::Corpus& corpus, const std::vector<Candidate>& all,
                                std::size_t budget, std::stop_token stop) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (standsAlone(all[i].unit)) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return all[a].score > all[b].score; });
    std::vector<std::size_t> chosen;
    std::set<std::size_t> taken;
    const auto closest = [&](std::size_t i) {
        double most = 0;
        for (const std::size_t other : chosen)
            most = std::max(most, cosine(all[i].vector, all[other].vector));
        return most;
    };
    // At least one per top folder; for a set of documents one per document while there is room.
    std::map<std::string, std::size_t> heads;
    const bool documents = std::all_of(corpus.documents().begin(), corpus.documents().end(),
                                       [](const auto& d) { return d->kind() != ingest::Kind::Code; });
    for (const std::size_t i : order) {
        const std::string& path = corpus.document(all[i].unit.span.document).path();
        heads.emplace(documents ? path : topFolder(path), i);
    }
    std::vector<std::size_t> seeds;
    for (const auto& [name, i] : heads) seeds.push_back(i);
    std::stable_sort(seeds.begin(), seeds.end(),
                     [&](std::size_t a, std::size_t b) { return all[a].score > all[b].score; });
    for (const std::size_t i : seeds) {
        if (chosen.size() >= budget) break;
        chosen.push_back(i);
        taken.insert(i);
    }
    std::map<std::uint32_t, std::size_t> perDocument;
    for (const std::size_t i : chosen) ++perDocument[all[i].unit.span.document];
    order.resize(std::min<std::size_t>(order.size(), 1500));
    while (chosen.size() < budget && !stop.stop_requested()) {
        double best = -1e9;
        std::size_t pick = all.size();
        for (const std::size_t i : order) {
            if (taken.contains(i)) continue;
            if (relevance * all[i].score <= best) continue;
            const double similar = closest(i);
            if (similar > 0.85) continue;
            // Many sentences of one file crowd out the others.
            const double crowd = 0.04 * static_cast<double>(perDocument[all[i].unit.span.document]);
            const double gain = relevance * (all[i].score - crowd) - (1 - relevance) * similar;
            if (gain > best) {
                best = gain;
                pick = i;
            }
        }
        if (pick == all.size()) break;
        chosen.push_back(pick);
        taken.insert(pick);
        ++perDocument[all[pick].unit.span.document];
    }
    return chosen;
}

std::size_t budgetOf(SummaryLength length) {
    switch (length) {
    case SummaryLength::Short:
        return 8;
    case SummaryLength::Page:
        return 30;
    case SummaryLength::Long:
        return 120;
    }
    return 30;
}

} // namespace

std::vector<Sentence> extractiveSummary(const ingest::Corpus& corpus, const SummaryOptions& options,
                                        std::stop_token stop) {
    const std::vector<Candidate> all = scored(corpus, options.by, stop);
    std::vector<std::size_t> chosen;
    if (options.by == SummaryBy::All) {
        chosen = choose(corpus, all, budgetOf(options.length), stop);
    } else {
        // The budget is shared among the groups, at least two sentences each.
        std::map<std::string, std::vector<Candidate>> groups;
        std::map<std::string, std::vector<std::size_t>> places;
        for (std::size_t i = 0; i < all.size(); ++i) {
            groups[all[i].group].push_back(all[i]);
            places[all[i].group].push_back(i);
        }
        const std::size_t each =
            std::max<std::size_t>(options.by == SummaryBy::Section ? 1 : 2,
                                  budgetOf(options.length) / std::max<std::size_t>(1, groups.size()));
        for (const auto& [name, members] : groups) {
            if (stop.stop_requested()) break;
            for (const std::size_t i : choose(corpus, members, each, stop)) chosen.push_back(places[name][i]);
        }
    }
    std::sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
        const auto &x = all[a].unit.span, &y = all[b].unit.span;
        return std::pair(x.document, x.begin) < std::pair(y.document, y.begin);
    });
    // In source order, but what the subject says of itself as a whole comes first.
    const auto depth = [&](std::size_t i) {
        const std::string& path = corpus.document(all[i].unit.span.document).path();
        return path.find('/') == std::string::npos &&
                       corpus.document(all[i].unit.span.document).kind() != ingest::Kind::Code
                   ? 0
                   : 1;
    };
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](std::size_t a, std::size_t b) { return depth(a) < depth(b); });
    std::vector<Sentence> result;
    for (const std::size_t i : chosen) {
        const std::string& path = corpus.document(all[i].unit.span.document).path();
        result.push_back(
            extractedSentence(corpus, all[i].unit.span, all[i].group.empty() ? path : all[i].group));
    }
    return result;
}

std::vector<Unit> rankedUnits(const ingest::Corpus& corpus, const SummaryOptions& options, std::size_t limit,
                              std::stop_token stop) {
    const std::vector<Candidate> all = scored(corpus, options.by, stop);
    std::vector<Unit> result;
    for (const std::size_t i : choose(corpus, all, limit, stop)) result.push_back(all[i].unit);
    return result;
}

} // namespace app
