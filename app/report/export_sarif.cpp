// SARIF 2.1.0 (OASIS): open and dismissed findings for scanner dashboards. URIs are relative and
// percent-encoded; a region is written only where the finding has lines.
#include "app/report/export_common.h"

#include "app/report/checks.h"
#include "app/report/report_json.h"

#include <algorithm>
#include <map>

namespace app {

namespace {

using Json = nlohmann::ordered_json;

std::string uriOf(std::string_view path) {
    static const char* const digits = "0123456789ABCDEF";
    std::string uri;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '/' || c == '.' || c == '-' || c == '_' || c == '~';
        if (safe && !(c == '/' && uri.empty())) {
            uri.push_back(c);
        } else {
            uri += '%';
            uri.push_back(digits[byte >> 4]);
            uri.push_back(digits[byte & 15]);
        }
    }
    // "." and ".." segments would leave the root when a viewer resolves them.
    std::string result;
    for (std::size_t at = 0; at <= uri.size();) {
        const std::size_t slash = std::min(uri.find('/', at), uri.size());
        std::string part = uri.substr(at, slash - at);
        if (part == "." || part == "..") part = part == "." ? "%2E" : "%2E%2E";
        result += part + (slash < uri.size() ? "/" : "");
        at = slash + 1;
    }
    return result;
}

// Text in which no "[words](target)" is taken for a link.
std::string message(const std::string& text) {
    std::string result;
    for (const char c : visible(text)) {
        if (c == '[' || c == ']' || c == '\\') result.push_back('\\');
        result.push_back(c);
    }
    return result.empty() ? "(no text)" : result;
}

const char* levelOf(Severity severity) {
    switch (severity) {
    case Severity::Critical:
    case Severity::High:
        return "error";
    case Severity::Medium:
    case Severity::Low:
        return "warning";
    case Severity::Note:
        return "note";
    }
    return "warning";
}

const char* baselineOf(const Finding& finding) {
    if (finding.state == "fixed") return "absent";
    if (finding.since == "unchanged") return "unchanged";
    if (finding.since == "moved") return "updated";
    return "new";
}

Json location(const Evidence& evidence, const std::string& words) {
    Json physical{{"artifactLocation", {{"uri", uriOf(evidence.file)}, {"uriBaseId", "SRCROOT"}}}};
    if (const auto [from, to] = linesOf(evidence); from > 0)
        physical["region"] = {{"startLine", from}, {"endLine", to}, {"snippet", {{"text", evidence.quote}}}};
    Json result{{"physicalLocation", std::move(physical)}};
    if (!words.empty()) result["message"] = {{"text", message(words)}};
    Json properties{
        {"role", toString(evidence.role)}, {"proof", toString(evidence.state)}, {"at", visible(evidence.at)}};
    if (evidence.page > 0) properties["page"] = evidence.page;
    result["properties"] = std::move(properties);
    return result;
}

Json resultOf(const Finding& finding, const std::map<std::string, int>& rules) {
    std::string text = finding.title.text;
    if (!finding.claim.text.empty()) text += (text.empty() ? "" : ". ") + finding.claim.text;
    const bool generated =
        finding.title.origin == Origin::Generated || finding.claim.origin == Origin::Generated;
    const bool demo = finding.title.demo || finding.claim.demo;
    if (generated) text = (demo ? "[generated, demo model] " : "[generated] ") + text;
    Json result{{"ruleId", visible(finding.rule)},
                {"ruleIndex", rules.at(finding.rule)},
                {"level", levelOf(finding.severity)},
                {"message", {{"text", message(text)}}}};
    Json locations = Json::array(), steps = Json::array();
    for (const Evidence& evidence : finding.evidence) {
        if (evidence.file.empty()) continue;
        if (evidence.role == EvidenceRole::Site && locations.empty())
            locations.push_back(location(evidence, {}));
        steps.push_back({{"location", location(evidence, std::string(toString(evidence.role)))}});
    }
    if (locations.empty() && !steps.empty()) locations.push_back(steps[0]["location"]);
    result["locations"] = std::move(locations);
    if (steps.size() > 1)
        result["codeFlows"] =
            Json::array({{{"threadFlows", Json::array({{{"locations", std::move(steps)}}})}}});
    result["partialFingerprints"] = {{"lectern/v1", visible(finding.fingerprint)}};
    if (finding.dismissal || finding.state == "dismissed")
        result["suppressions"] =
            Json::array({{{"kind", "external"},
                          {"status", "accepted"},
                          {"justification",
                           visible(finding.dismissal ? finding.dismissal->reason : finding.stateReason)}}});
    result["baselineState"] = baselineOf(finding);
    result["properties"] = {{"id", visible(finding.id)},
                            {"severity", toString(finding.severity)},
                            {"kind", visible(finding.kind)},
                            {"state", visible(finding.state)},
                            {"confidence", visible(finding.confidence)},
                            {"since", visible(finding.since)},
                            {"titleOrigin", toString(finding.title.origin)},
                            {"claimOrigin", toString(finding.claim.origin)},
                            {"generated", generated}};
    if (demo) result["properties"]["demo"] = true;
    return result;
}

} // namespace

std::string exportSarif(const Report& report, const ExportOptions& options) {
    std::vector<const Finding*> shown;
    for (const Finding& finding : report.findings) shown.push_back(&finding);
    for (const Finding& finding : report.rejected)
        if (finding.state == "dismissed" || finding.state == "fixed" || options.rejected)
            shown.push_back(&finding);
    std::map<std::string, int> index;
    Json rules = Json::array();
    for (const Finding* finding : shown) {
        if (!index.emplace(finding->rule, static_cast<int>(rules.size())).second) continue;
        const CheckInfo* check = findCheck(finding->rule);
        Json rule{{"id", visible(finding->rule)}};
        if (check) {
            rule["name"] = check->title;
            rule["shortDescription"] = {{"text", check->question}};
        } else {
            rule["shortDescription"] = {{"text", message(finding->kind + " " + finding->rule)}};
        }
        rule["defaultConfiguration"] = {{"level", levelOf(check ? check->severity : finding->severity)}};
        rules.push_back(std::move(rule));
    }
    Json results = Json::array();
    for (const Finding* finding : shown) results.push_back(resultOf(*finding, index));
    Json artifacts = Json::array();
    if (wants(options, "manifest"))
        for (const ManifestRow& row : report.manifest)
            if (!row.sha256.empty())
                artifacts.push_back({{"location", {{"uri", uriOf(row.path)}, {"uriBaseId", "SRCROOT"}}},
                                     {"length", static_cast<std::int64_t>(row.bytes)},
                                     {"hashes", {{"sha-256", visible(row.sha256)}}}});
    Json notifications = Json::array();
    for (const std::string& line : openingLines(report))
        notifications.push_back({{"level", "note"}, {"message", {{"text", message(line)}}}});
    for (const CoverageGap& gap : report.coverage.open)
        notifications.push_back(
            {{"level", "error"},
             {"message",
              {{"text", message("Unread: " + gap.path + (gap.pages.empty() ? "" : ", pages " + gap.pages) +
                                " (" + gap.state + "): " + gap.reason)}}}});
    Json invocation{{"executionSuccessful", report.run.status == "complete"},
                    {"exitCode", report.run.exit},
                    {"toolExecutionNotifications", std::move(notifications)}};
    Json run{
        {"tool",
         {{"driver",
           {{"name", "Lectern"}, {"version", visible(report.toolVersion)}, {"rules", std::move(rules)}}}}},
        {"invocations", Json::array({std::move(invocation)})},
        {"originalUriBaseIds", {{"SRCROOT", {{"description", {{"text", "The folder that was read."}}}}}}},
        {"columnKind", "unicodeCodePoints"},
        {"results", std::move(results)}};
    if (!artifacts.empty()) run["artifacts"] = std::move(artifacts);
    run["properties"] = {{"opening", openingLines(report)}};
    for (Json& line : run["properties"]["opening"]) line = visible(line.get<std::string>());
    return dumpJson({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", Json::array({std::move(run)})}});
}

} // namespace app
