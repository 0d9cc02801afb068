// Exports: inert whatever the report says, marked where a model wrote, the same bytes the second time, valid
// by schema.
#include "app/report/export.h"

#include "app/report/checks.h"
#include "app/report/citation.h"
#include "app/report/report_json.h"
#include "app/report/verify.h"
#include "tests/support/json_schema.h"
#include "tests/support/small_corpus.h"

#include <QRegularExpression>
#include <QXmlStreamReader>
#include <QtTest>

#include <set>

using namespace app;

namespace {

constexpr Format textFormats[] = {Format::Markdown, Format::Html,  Format::Json,       Format::Sarif,
                                  Format::Csv,      Format::JUnit, Format::CodeQuality};

Evidence evidenceOf(const std::string& text) {
    Evidence evidence;
    evidence.at = "src/a.cpp:12-13";
    evidence.file = "src/a.cpp";
    evidence.sha256 = std::string(64, 'a');
    evidence.begin = 10;
    evidence.end = 10 + text.size();
    evidence.quote = text;
    evidence.state = ProofState::Proven;
    evidence.role = EvidenceRole::Site;
    evidence.contextLine = 11;
    evidence.before = "before\n";
    evidence.after = "\nafter";
    return evidence;
}

// The same words in every field that data can reach.
Report reportSaying(const std::string& text) {
    Report report;
    report.toolVersion = "0.1.0";
    report.run = {"r1", "review", "2026-01-01T00:00:00Z", "complete", "", text, 1.5, 1, {text}};
    report.subject.push_back({"git", text, "/x", text, true});
    report.corpusSha256 = std::string(64, 'b');
    report.engine.name = text;
    report.engine.model = text;
    report.engine.note = text;
    report.coverage.complete = false;
    report.coverage.found = 3;
    report.coverage.inContext = 2;
    report.coverage.unreadable = 1;
    report.coverage.open.push_back({text, text, "unreadable", text});
    report.summary.emplace_back(text, Origin::Extracted);
    report.summary.emplace_back(text, Origin::Generated);
    report.summary.back().group = text;
    report.summary.back().evidence.push_back(evidenceOf(text));
    report.answer.emplace_back(text, Origin::Generated);
    for (const char* state : {"open", "dismissed"}) {
        Finding finding;
        finding.id = "F1";
        finding.fingerprint = std::string(64, 'c');
        finding.kind = text;
        finding.rule = text;
        finding.title = {text, Origin::Generated};
        finding.claim = {text, Origin::Computed};
        finding.consequence = {text, Origin::Generated};
        finding.conditions.emplace_back(text, Origin::Generated);
        finding.severity = Severity::High;
        finding.state = state;
        finding.stateReason = text;
        finding.evidence = {evidenceOf(text), evidenceOf(text)};
        finding.evidence[0].file = text;
        finding.evidence[0].at = text + ":3";
        finding.evidence[1].role = EvidenceRole::Cause;
        finding.verdicts.push_back({text, text, text, text, {}});
        finding.witnesses.push_back({text, text, text});
        if (std::string_view(state) == "dismissed")
            finding.dismissal = Dismissal{text, "this", text, "2026-01-01"};
        (finding.dismissal ? report.rejected : report.findings).push_back(finding);
    }
    report.searches.push_back({text, text, text, 2});
    report.manifest.push_back({text, "code", std::string(64, 'd'), "in_context", text, text, 10, 3, 1, 0});
    report.notes.push_back(text);
    return report;
}

std::vector<std::string> payloads() {
    std::vector<std::string> list{"<script>alert(1)</script>",
                                  "\"><img src=x onerror=alert(1)>",
                                  "'><svg onload=alert(1)>",
                                  "javascript:alert(1)",
                                  "[x](javascript:alert(1))",
                                  "![x](http://evil.example/p.png)",
                                  "[r]: http://evil.example\n[r]",
                                  "```\n</code></pre><script>x</script>\n```",
                                  "~~~\n<b>\n~~~",
                                  "</style><script>1</script>",
                                  "</title><script>1</script>",
                                  "<!--",
                                  "-->",
                                  "]]>",
                                  "<![CDATA[",
                                  "&lt;script&gt;",
                                  "&#60;script&#62;",
                                  "=cmd|' /C calc'!A0",
                                  "+1+1",
                                  "-2+3",
                                  "@SUM(A1)",
                                  "\t=1",
                                  "\r=1",
                                  "\"quoted\", and, commas\nlines",
                                  "\x1b]52;c;aGk=\x07",
                                  "\x1b[2J",
                                  "\xE2\x80\xAE"
                                  "gnp.exe",
                                  "\xE2\x80\xA8line\xE2\x80\xA9",
                                  std::string("nul\0byte", 8),
                                  "\xff\xfe\xfd",
                                  "\xC0\xAF",
                                  "\xED\xA0\x80",
                                  "../../etc/passwd",
                                  "/etc/passwd",
                                  "C:\\windows",
                                  "file:///etc/passwd",
                                  "a b%20c?d#e",
                                  "http://evil.example/x",
                                  "www.evil.example",
                                  "mail@evil.example",
                                  "| a | b |\n|---|---|",
                                  "# heading",
                                  "1. list",
                                  "- list",
                                  "> quote",
                                  "***",
                                  "a\\",
                                  "$x^2$",
                                  "{{template}}",
                                  "${jndi:ldap://x}",
                                  "%s%s%n",
                                  "<iframe src=//evil.example>",
                                  "<base href=//evil.example>",
                                  "<meta http-equiv=refresh content=0>",
                                  "<link rel=stylesheet href=//evil.example>",
                                  "<form action=//evil.example>",
                                  "style=\"background:url(http://evil.example)\"",
                                  "expression(alert(1))",
                                  "@import 'http://evil.example'",
                                  "\xF3\xA0\x81\x81tag",
                                  "\xEF\xBB\xBF"
                                  "bom",
                                  "<a href=x>y</a>",
                                  "'';!--\"<XSS>=&{()}",
                                  "<details open ontoggle=alert(1)>",
                                  "<math><mtext></table></math>",
                                  "<template><script>",
                                  "[link](1)",
                                  "`code`` more```",
                                  "\\u003cscript\\u003e"};
    const std::size_t base = list.size();
    // The same once more in other clothes, to four hundred.
    for (std::size_t i = 0; list.size() < 400; ++i) {
        const std::string& one = list[i % base];
        switch (i / base % 6) {
        case 0:
            list.push_back(one + one);
            break;
        case 1:
            list.push_back("x " + one + " y");
            break;
        case 2:
            list.push_back("\n" + one + "\n");
            break;
        case 3:
            list.push_back("`" + one + "`");
            break;
        case 4:
            list.push_back(std::string(30, ' ') + one);
            break;
        default:
            list.push_back("\"" + one + "'");
            break;
        }
    }
    return list;
}

// What SARIF 2.1.0 asks of what we write: our own reading of the standard (section numbers of OASIS SARIF
// v2.1.0).
QStringList sarifProblems(const nlohmann::json& log) {
    QStringList problems;
    const auto require = [&](bool holds, const QString& what) {
        if (!holds) problems << what;
    };
    require(log.value("version", "") == "2.1.0", "3.13.2 version");
    require(log.contains("runs") && log["runs"].is_array(), "3.13.4 runs");
    static const QRegularExpression uri(
        "^(?!/)(?![A-Za-z][A-Za-z0-9+.-]*:)(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$");
    const auto location = [&](const nlohmann::json& place) {
        const auto& artifact = place.at("physicalLocation").at("artifactLocation");
        const QString text = QString::fromStdString(artifact.at("uri").get<std::string>());
        require(uri.match(text).hasMatch(), "3.4.3 uri " + text);
        require(!text.split('/').contains(".."), "uri leaves the root: " + text);
        if (place["physicalLocation"].contains("region")) {
            const auto& region = place["physicalLocation"]["region"];
            require(region.at("startLine").is_number_integer() && region["startLine"] >= 1,
                    "3.30.5 startLine");
            require(region.value("endLine", region["startLine"].get<int>()) >= region["startLine"].get<int>(),
                    "3.30.7 endLine");
        }
        if (place.contains("message")) require(place["message"].at("text").is_string(), "3.28.5 message");
    };
    for (const auto& run : log["runs"]) {
        require(run.at("tool").at("driver").at("name").is_string(), "3.19.8 name");
        const auto& rules = run["tool"]["driver"].at("rules");
        std::set<std::string> ids;
        for (const auto& rule : rules)
            require(ids.insert(rule.at("id").get<std::string>()).second, "3.19.23 rules are unique");
        static const std::set<std::string> levels{"none", "note", "warning", "error"},
            baseline{"new", "unchanged", "updated", "absent"};
        for (const auto& result : run.at("results")) {
            require(result.at("message").at("text").is_string() &&
                        !result["message"]["text"].get<std::string>().empty(),
                    "3.27.11 message");
            require(levels.contains(result.at("level")), "3.27.10 level");
            require(baseline.contains(result.at("baselineState")), "3.27.24 baselineState");
            require(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id") == result.at("ruleId"),
                    "3.27.6 ruleIndex");
            for (const auto& place : result.at("locations")) location(place);
            for (const auto& flow : result.value("codeFlows", nlohmann::json::array()))
                for (const auto& thread : flow.at("threadFlows")) {
                    require(!thread.at("locations").empty(), "3.37.6 locations");
                    for (const auto& step : thread["locations"]) location(step.at("location"));
                }
            for (const auto& suppression : result.value("suppressions", nlohmann::json::array()))
                require(suppression.at("kind") == "external" || suppression["kind"] == "inSource",
                        "3.35.2 kind");
            for (const auto& [key, value] : result.at("partialFingerprints").items())
                require(value.is_string(), "3.27.17 " + QString::fromStdString(key));
        }
        for (const auto& artifact : run.value("artifacts", nlohmann::json::array()))
            require(uri.match(QString::fromStdString(artifact.at("location").at("uri").get<std::string>()))
                        .hasMatch(),
                    "3.24.2 uri");
        for (const auto& invocation : run.at("invocations"))
            require(invocation.at("executionSuccessful").is_boolean(), "3.20.14");
    }
    return problems;
}

std::vector<std::vector<std::string>> parseCsv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
                rows.back().back().push_back(text[++i]);
            else if (c == '"')
                quoted = false;
            else
                rows.back().back().push_back(c);
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            rows.back().emplace_back();
        } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            ++i;
            rows.emplace_back(1);
        } else {
            rows.back().back().push_back(c);
        }
    }
    rows.pop_back();
    return rows;
}

} // namespace

class ExportTest : public QObject {
    Q_OBJECT
private slots:
    void hostileTextIsInertInHtml();
    void hostileTextIsInertElsewhere();
    void everyFormatOpensWithTheSameLines();
    void generatedSentencesCarryTheirMark();
    void secondExportIsTheSame();
    void jsonValidatesAndComesBack();
    void reportsThatAreNoneAreRefused();
    void secretsAndRedactionsAreTakenOut();
    void extractiveDropsWhatAModelWrote();
    void verifyNoticesOneByte();
    void csvComesBack();
};

void ExportTest::hostileTextIsInertInHtml() {
    static const QRegularExpression tag("<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\\s[^<>]*)?)>");
    static const QStringList allowed{
        "html",    "head",       "meta",  "title", "style", "body", "a",       "header",  "p",   "span",
        "h1",      "h2",         "h3",    "ul",    "ol",    "li",   "main",    "section", "nav", "article",
        "figure",  "figcaption", "code",  "pre",   "mark",  "em",   "details", "summary", "div", "table",
        "caption", "thead",      "tbody", "tr",    "th",    "td",   "footer"};
    for (const std::string& payload : payloads()) {
        ExportOptions options;
        options.rejected = true;
        const QString html =
            QString::fromStdString(exportReport(reportSaying(payload), Format::Html, options));
        for (auto i = tag.globalMatch(html); i.hasNext();) {
            const auto match = i.next();
            QVERIFY2(allowed.contains(match.captured(2).toLower()),
                     qPrintable(match.captured(0) + " from " + QString::fromStdString(payload)));
            const QString attributes = match.captured(3);
            QVERIFY2(!QRegularExpression("\\son\\w+\\s*=|\\ssrc\\s*=|javascript:|\\saction\\s*=",
                                         QRegularExpression::CaseInsensitiveOption)
                          .match(attributes)
                          .hasMatch(),
                     qPrintable(match.captured(0)));
            const auto href = QRegularExpression("href=\"([^\"]*)\"").match(attributes);
            QVERIFY2(!href.hasMatch() || href.captured(1).startsWith('#'), qPrintable(match.captured(0)));
        }
        QVERIFY(!html.contains("<!--"));
        QCOMPARE(html.count("<style>"), 1);
        QVERIFY(html.contains("Content-Security-Policy"));
        QVERIFY(!html.contains(QChar(0x202e)) && !html.contains(QChar(0x1b)) &&
                !html.contains(QChar(0x2028)));
        const QString print = QString::fromStdString(renderPrintHtml(reportSaying(payload), options));
        QVERIFY(!print.contains("<script", Qt::CaseInsensitive) &&
                !print.contains("<img", Qt::CaseInsensitive) && !print.contains("<a ", Qt::CaseInsensitive) &&
                !print.contains("<link", Qt::CaseInsensitive));
    }
}

void ExportTest::hostileTextIsInertElsewhere() {
    for (const std::string& payload : payloads()) {
        ExportOptions options;
        options.rejected = true;
        const Report report = reportSaying(payload);
        for (const Format format : textFormats) {
            const std::string text = exportReport(report, format, options);
            QVERIFY2(QString::fromStdString(text).toStdString() == text, "not UTF-8");
            for (const char c : text)
                QVERIFY2(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' ||
                             (c == '\r' && format == Format::Csv),
                         extensionOf(format));
            QVERIFY(text.find("\xE2\x80\xAE") == std::string::npos);
            QVERIFY(text.find("\xF3\xA0\x81\x81") == std::string::npos);
        }
        const auto problems =
            sarifProblems(nlohmann::json::parse(exportReport(report, Format::Sarif, options)));
        QVERIFY2(problems.isEmpty(),
                 qPrintable(problems.join("; ") + " from " + QString::fromStdString(payload)));
        QXmlStreamReader xml(QByteArray::fromStdString(exportReport(report, Format::JUnit, options)));
        while (!xml.atEnd()) xml.readNext();
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        // Markdown outside fences holds no HTML, no link and no picture.
        bool fenced = false;
        QString fence;
        for (const QString& line :
             QString::fromStdString(exportReport(report, Format::Markdown, options)).split('\n')) {
            const auto ticks = QRegularExpression("^(`{3,})").match(line);
            if (ticks.hasMatch() && (!fenced || line.trimmed() == fence)) {
                fenced = !fenced;
                fence = ticks.captured(1);
                continue;
            }
            if (fenced) continue;
            const QString outside = QString(line).remove(QRegularExpression("(`+) ?.*? ?\\1"));
            QVERIFY2(
                !QRegularExpression("(?<!\\\\)<[a-zA-Z/!]|(?<!\\\\)\\]\\(|(?<!\\\\)!\\[|[a-z]://|\\bwww\\.")
                     .match(outside)
                     .hasMatch(),
                qPrintable(line + " from " + QString::fromStdString(payload)));
        }
        QVERIFY(!fenced);
    }
}

void ExportTest::everyFormatOpensWithTheSameLines() {
    Report report = reportSaying("words");
    ExportOptions least;
    least.sections = {"cost"};
    for (const Format format : textFormats) {
        const std::string text = exportReport(report, format, least);
        if (format == Format::Json) {
            const auto json = nlohmann::json::parse(text);
            QVERIFY(json.contains("coverage") && json.contains("origins") &&
                    json["engine"].contains("bytes_sent") && json["cost"]["price"].contains("as_of"));
            continue;
        }
        for (const std::string& line : openingLines(report)) {
            const std::string word = line.substr(0, line.find(' '));
            QVERIFY2(text.find(word) != std::string::npos,
                     (std::string(extensionOf(format)) + ": " + line).c_str());
        }
    }
}

void ExportTest::generatedSentencesCarryTheirMark() {
    Report report = reportSaying("plain");
    report.summary.back().text = "GENERATEDWORDS";
    report.findings[0].title.text = "GENERATEDTITLE";
    const std::string html = exportReport(report, Format::Html);
    for (std::size_t at = html.find("GENERATED"); at != std::string::npos;
         at = html.find("GENERATED", at + 1))
        QVERIFY(html.rfind("<em class=\"generated\">", at) != std::string::npos &&
                html.rfind("<em class=\"generated\">", at) > html.rfind("</em>", at) + 0 * at);
    const std::string markdown = exportReport(report, Format::Markdown);
    for (std::size_t at = markdown.find("GENERATED"); at != std::string::npos;
         at = markdown.find("GENERATED", at + 1))
        QVERIFY(markdown.substr(at > 8 ? at - 8 : 0, 8).find("\xE2\x97\x8C") != std::string::npos);
    const auto sarif = nlohmann::json::parse(exportReport(report, Format::Sarif));
    QCOMPARE(sarif["runs"][0]["results"][0]["properties"]["generated"].get<bool>(), true);
    const auto rows = parseCsv(exportReport(report, Format::Csv));
    bool seen = false;
    for (const auto& row : rows)
        if (row[8] == "GENERATEDWORDS") {
            seen = true;
            QCOMPARE(row[9], std::string("generated"));
        }
    QVERIFY(seen);
    QVERIFY(exportReport(report, Format::JUnit).find("generated: GENERATEDTITLE") != std::string::npos);
}

void ExportTest::secondExportIsTheSame() {
    const Report report = reportSaying("the same");
    for (const Format format : textFormats)
        QCOMPARE(exportReport(report, format),
                 exportReport(reportFromJson(exportReport(report, Format::Json)), format));
}

void ExportTest::jsonValidatesAndComesBack() {
    using nlohmann::ordered_json;
    for (const std::string& text : {std::string("words"), std::string("\xff\xE2\x80\xAE<x>")}) {
        const std::string json = exportReport(reportSaying(text), Format::Json);
        QCOMPARE(support::validate(ordered_json::parse(json), std::string("report")), std::string());
        QCOMPARE(exportReport(reportFromJson(json), Format::Json), json);
    }
    auto broken = ordered_json::parse(exportReport(reportSaying("x"), Format::Json));
    broken["findings"][0]["severity"] = "terrible";
    QVERIFY(!support::validate(broken, std::string("report")).empty());
}

void ExportTest::reportsThatAreNoneAreRefused() {
    for (const char* text : {"", "{", "[]", "null", "{}", "{\"schema\":\"lectern.report/2\"}",
                             "{\"schema\":\"lectern.report/1\",\"findings\":{}}"})
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, reportFromJson(text));
    auto json = nlohmann::json::parse(exportReport(reportSaying("x"), Format::Json));
    json["findings"][0]["evidence"][0]["bytes"] = {5, 1};
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, reportFromJson(json.dump()));
    json["findings"][0]["evidence"][0]["bytes"] = "no";
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, reportFromJson(json.dump()));
}

void ExportTest::secretsAndRedactionsAreTakenOut() {
    const std::string secret = std::string("ghp") + "_Zk3nXq8Rw1Yb5Tc7Vd2Me9Lf4Hg6Ju0PaSiQ";
    Report report = reportSaying("token " + secret + " of Mr Smith");
    ExportOptions options;
    options.rejected = true;
    options.redactions = {{"Smith", "S."}};
    for (const Format format : textFormats) {
        const std::string text = exportReport(report, format, options);
        QVERIFY2(text.find(secret.substr(0, 16)) == std::string::npos, extensionOf(format));
        QVERIFY2(text.find("Smith") == std::string::npos, extensionOf(format));
    }
    QVERIFY(renderPrintHtml(report, options).find(secret.substr(0, 16)) == std::string::npos);
    QVERIFY(exportReport(report, Format::Markdown, options).find("Secrets were taken out of this export") !=
            std::string::npos);
    QVERIFY(exportReport(report, Format::Markdown, options).find("Redacted on request") != std::string::npos);
}

void ExportTest::extractiveDropsWhatAModelWrote() {
    Report report = reportSaying("plain");
    report.summary.back().text = "GENERATEDWORDS";
    report.findings[0].title.text = "GENERATEDTITLE";
    report.answer[0].text = "GENERATEDANSWER";
    report.findings[0].verdicts[0].reason = "GENERATEDREASON";
    ExportOptions options;
    options.extractive = true;
    for (const Format format : textFormats)
        QVERIFY2(exportReport(report, format, options).find("GENERATED") == std::string::npos,
                 extensionOf(format));
    QCOMPARE(
        nlohmann::json::parse(exportReport(report, Format::Json, options))["origins"]["generated"].get<int>(),
        0);
}

void ExportTest::verifyNoticesOneByte() {
    const std::string text = "int main() {\n    char* p = 0;\n    gets(p);\n    return 0;\n}\n";
    const auto corpus = corpusOf({{"src/a.c", text}, {"src/b.c", "int b;\n"}});
    Report report;
    report.findings = runChecks(*corpus, {}, {}, {}).findings;
    QVERIFY(!report.findings.empty());
    for (const auto& document : corpus->documents())
        report.manifest.push_back({document->path(), "code", document->sha256(), "in_context", "", "",
                                   document->fileBytes(), 0, 1, 0});
    const Report stored = reportFromJson(exportReport(report, Format::Json));
    QVERIFY(verifyReport(stored, corpus).holds());
    QVERIFY(verifyReport(stored, corpus).checked > 0);
    int unnoticed = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string flipped = text;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        const Proof proof = verifyReport(stored, corpusOf({{"src/a.c", flipped}, {"src/b.c", "int b;\n"}}));
        unnoticed += proof.holds() ? 1 : 0;
        QVERIFY(proof.holds() || (proof.changed[0].finding == stored.findings[0].id &&
                                  proof.changed[0].at.starts_with("src/a.c")));
    }
    QCOMPARE(unnoticed, 0);
    QCOMPARE(verifyReport(stored, corpusOf({{"src/a.c", text}, {"src/b.c", "int c;\n"}})).changed.at(0).at,
             std::string("src/b.c"));
    QCOMPARE(verifyReport(stored, corpusOf({{"src/b.c", "int b;\n"}})).missing,
             std::vector<std::string>{"src/a.c"});
    Report forged = stored;
    forged.findings[0].evidence[0].quote[0] ^= 1;
    QVERIFY(!verifyReport(forged, corpus).holds());
    const auto moved = verifyReport(stored, corpusOf({{"src/a.c", "\n\n" + text}, {"src/b.c", "int b;\n"}}));
    QCOMPARE(moved.changed.at(0).now, std::string("moved"));
    QCOMPARE(support::validate(toJson(moved), std::string("proof")), std::string());
}

void ExportTest::csvComesBack() {
    for (const std::string& payload : payloads()) {
        const auto rows = parseCsv(exportReport(reportSaying(payload), Format::Csv));
        for (const auto& row : rows) {
            QCOMPARE(row.size(), rows[0].size());
            for (const std::string& cell : row) {
                const auto first = cell.find_first_not_of(" \t\r\n");
                QVERIFY2(first == std::string::npos ||
                             std::string_view("=+-@").find(cell[first]) == std::string_view::npos,
                         cell.c_str());
            }
        }
    }
}

QTEST_GUILESS_MAIN(ExportTest)
#include "tst_export.moc"
