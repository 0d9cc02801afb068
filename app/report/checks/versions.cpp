// C06 versions that disagree between build file, metadata and changelog; C19 licence headers against the
// licence files.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"
#include "ingest/kind.h"

#include <algorithm>

namespace app::checks {

namespace {

struct VersionSource {
    const char* file; // pattern over the path, lower case
    const char* expression;
};
constexpr VersionSource versionSources[] = {
    {R"re(^cmakelists\.txt$)re", R"re(\bproject\s*\([^)]*?\bVERSION\s+(\d+(?:\.\d+){1,3})\b)re"},
    {R"re(^package\.json$)re", R"re(^\s{0,4}"version"\s*:\s*"(\d+(?:\.\d+){1,3})")re"},
    {R"re(^pyproject\.toml$)re", R"re(^version\s*=\s*["'](\d+(?:\.\d+){1,3})["'])re"},
    {R"re(^setup\.(?:py|cfg)$)re", R"re(\bversion\s*=\s*["']?(\d+(?:\.\d+){1,3})["']?\s*,?\s*$)re"},
    {R"re(^cargo\.toml$)re", R"re(\A[^\[]*\[package\][^\[]*?^version\s*=\s*"(\d+(?:\.\d+){1,3})")re"},
    {R"re(^meson\.build$)re", R"re(\bproject\s*\([^)]*?\bversion\s*:\s*'(\d+(?:\.\d+){1,3})')re"},
    {R"re(^configure\.(?:ac|in)$)re",
     R"re(\bAC_INIT\s*\(\s*\[?[^,\]]+\]?\s*,\s*\[?(\d+(?:\.\d+){1,3})\]?)re"},
    {R"re(\.(?:metainfo|appdata)\.xml$)re", R"re(<release\b[^>]*\bversion="(\d+(?:\.\d+){1,3})")re"},
    {R"re(^(?:changelog|changes|news|history)(?:\.[a-z]+)?$)re",
     R"re(^(?:#{1,3}\s*)?(?:v|version |release )?\[?v?(\d+(?:\.\d+){1,3})\]?(?=[\s\]):,(]|$))re"},
    {R"re(^version(?:\.txt)?$)re", R"re(\A\s*v?(\d+(?:\.\d+){1,3})\s*\z)re"},
};

// "1.2" and "1.2.0" are the same release.
std::string canonical(std::string_view version) {
    std::string text(version);
    while (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

void versions(const CorpusView& view, Sink& sink) {
    static const std::vector<std::pair<std::unique_ptr<Pattern>, std::unique_ptr<Pattern>>> compiled = [] {
        std::vector<std::pair<std::unique_ptr<Pattern>, std::unique_ptr<Pattern>>> list;
        for (const VersionSource& source : versionSources)
            list.emplace_back(std::make_unique<Pattern>(source.file, Letters::AnyCase),
                              std::make_unique<Pattern>(source.expression, Letters::AnyCase));
        return list;
    }();
    struct Stated {
        Place place;
        std::string version, file;
    };
    std::vector<Stated> stated;
    for (const std::uint32_t index : view.documents) {
        const ingest::Document& document = view.corpus.document(index);
        if (folderOf(document.path()).find('/') != std::string::npos) continue;
        for (const auto& [file, expression] : compiled) {
            const bool root = document.path().find('/') == std::string::npos;
            if (!file->matches(document.path()) || (!root && !document.path().ends_with(".xml"))) continue;
            PatternMatch match;
            std::size_t from = 0;
            if (expression->next(document.text(), from, match))
                stated.push_back(
                    {lineOf(view.corpus, index,
                            static_cast<std::size_t>(match.groups[1].data() - document.text().data())),
                     canonical(match.groups[1]), document.path()});
        }
    }
    for (std::size_t i = 1; i < stated.size(); ++i) {
        if (stated[i].version == stated[0].version) continue;
        Hit hit{stated[0].place, "Versions disagree: " + stated[0].version + " and " + stated[i].version,
                quoted(stated[0].file) + " says " + stated[0].version + ", " + quoted(stated[i].file) +
                    " says " + stated[i].version + ".",
                "Which release this is depends on where one looks."};
        hit.more.emplace_back(stated[i].place, EvidenceRole::Counter);
        sink.hit(std::move(hit));
        return;
    }
}

enum Licence : unsigned {
    None = 0,
    Mit = 1,
    Apache = 2,
    Gpl = 4,
    Lgpl = 8,
    Bsd = 16,
    Mpl = 32,
    Agpl = 64,
    Isc = 128,
    Cc = 256,
    Unlicense = 512
};

const char* licenceName(unsigned licence) {
    switch (licence) {
    case Mit:
        return "MIT";
    case Apache:
        return "Apache";
    case Gpl:
        return "GPL";
    case Lgpl:
        return "LGPL";
    case Bsd:
        return "BSD";
    case Mpl:
        return "MPL";
    case Agpl:
        return "AGPL";
    case Isc:
        return "ISC";
    case Cc:
        return "Creative Commons";
    case Unlicense:
        return "public domain";
    default:
        return "another licence";
    }
}

unsigned licencesIn(std::string_view text) {
    struct Known {
        Pattern pattern;
        unsigned licence;
    };
    static const Known known[] = {
        {Pattern(R"re(\bMIT\b|Permission is hereby granted, free of charge)re"), Mit},
        {Pattern(R"re(Apache(?:-2\.0| License| Software License))re", Letters::AnyCase), Apache},
        {Pattern(R"re(\bAGPL|GNU\s+Affero)re", Letters::AnyCase), Agpl},
        {Pattern(R"re(\bLGPL|GNU\s+(?:Lesser|Library)\s+General)re", Letters::AnyCase), Lgpl},
        {Pattern(R"re((?<![AL])\bGPL(?:-|v|\s|\b)|GNU\s+General\s+Public)re", Letters::AnyCase), Gpl},
        {Pattern(R"re(\bBSD\b|Redistributions of source code must retain)re", Letters::AnyCase), Bsd},
        {Pattern(R"re(\bMPL\b|Mozilla Public)re", Letters::AnyCase), Mpl},
        {Pattern(R"re(\bISC\b|Permission to use, copy, modify, and(?:/or)? distribute this software)re"),
         Isc},
        {Pattern(R"re(Creative Commons|\bCC(?:0|-BY)\b)re"), Cc},
        {Pattern(R"re(unlicense|public domain)re", Letters::AnyCase), Unlicense},
    };
    unsigned found = None;
    for (const Known& one : known)
        if (one.pattern.matches(text)) found |= one.licence;
    return found;
}

void licences(const CorpusView& view, Sink& sink) {
    static const Pattern licenceFile(
        R"re((^|/)(licen[cs]es?|copying|copyright|unlicense|notice)([.\-_][^/]*)?$|(^|/)(licen[cs]es|LICENSES)/)re",
        Letters::AnyCase);
    static const Pattern spdx(R"re(SPDX-License-Identifier:\s*([^\n*]{2,80}))re");
    unsigned allowed = None;
    for (const auto& document : view.corpus.documents())
        if (licenceFile.matches(document->path())) allowed |= licencesIn(document->text());
    if (allowed == None) return;
    std::map<unsigned, std::pair<Hit, int>> conflicts;
    for (const std::uint32_t index : view.documents) {
        const ingest::Document& document = view.corpus.document(index);
        if (document.kind() != ingest::Kind::Code || licenceFile.matches(document.path())) continue;
        PatternMatch match;
        std::size_t from = 0;
        const std::string_view head = std::string_view(document.text()).substr(0, 3000);
        if (!spdx.next(head, from, match)) continue;
        const unsigned here = licencesIn(match.groups[1]);
        if (here == None || (here & allowed) != 0) continue;
        const auto at = conflicts.find(here);
        if (at != conflicts.end()) {
            ++at->second.second;
            continue;
        }
        conflicts.emplace(here, std::pair(Hit{lineOf(view.corpus, index, match.begin),
                                              std::string("Licence header without its licence: ") +
                                                  licenceName(here & -here),
                                              "", ""},
                                          1));
    }
    for (auto& [licence, entry] : conflicts) {
        entry.first.claim = std::to_string(entry.second) +
                            (entry.second == 1 ? " file names" : " files name") + " a licence (" +
                            licenceName(licence & -licence) +
                            ") of which the tree holds no text; this is the first.";
        entry.first.consequence = "What may be done with the whole is unclear.";
        sink.hit(std::move(entry.first));
    }
}

} // namespace

Family versionChecks() {
    return {
        {{"C06", "Versions", "Do build file, metadata and changelog name the same version?", "drift",
          Severity::Low, Precision::Finding},
         nullptr,
         versions},
        {{"C19", "Licences", "Do licence headers agree with the licence files?", "contradiction",
          Severity::Low, Precision::Finding},
         nullptr,
         licences},
    };
}

} // namespace app::checks
