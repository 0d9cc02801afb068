// Reading a stored report: foreign text until every key has its type.
#include "app/report/report_json.h"

#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t largestReport = std::size_t{1} << 30;

// A value and the path that leads to it, for sentences about what is wrong.
class Node {
public:
    Node(const Json& json, std::string path) : m_json(json), m_path(std::move(path)) {}

    bool has(const char* key) const {
        return m_json.is_object() && m_json.contains(key) && !m_json.at(key).is_null();
    }
    Node at(const char* key) const {
        static const Json nothing;
        requireObject();
        return {m_json.contains(key) ? m_json.at(key) : nothing, m_path.empty() ? key : m_path + "." + key};
    }
    std::string text(const char* key) const {
        const Node node = at(key);
        if (node.m_json.is_null()) {
            return {};
        }
        node.require(node.m_json.is_string(), "text");
        return node.m_json.get<std::string>();
    }
    std::int64_t integer(const char* key) const {
        const Node node = at(key);
        if (node.m_json.is_null()) {
            return 0;
        }
        node.require(node.m_json.is_number_integer(), "a whole number");
        return node.m_json.get<std::int64_t>();
    }
    std::uint64_t size(const char* key) const {
        const std::int64_t value = integer(key);
        at(key).require(value >= 0, "a number that is not negative");
        return static_cast<std::uint64_t>(value);
    }
    int count(const char* key) const {
        const std::int64_t value = integer(key);
        at(key).require(value >= 0 && value <= 2000000000, "a number of a sensible size");
        return static_cast<int>(value);
    }
    double real(const char* key) const {
        const Node node = at(key);
        if (node.m_json.is_null()) {
            return 0;
        }
        node.require(node.m_json.is_number(), "a number");
        return node.m_json.get<double>();
    }
    bool truth(const char* key) const {
        const Node node = at(key);
        if (node.m_json.is_null()) {
            return false;
        }
        node.require(node.m_json.is_boolean(), "true or false");
        return node.m_json.get<bool>();
    }
    std::vector<Node> list(const char* key) const {
        const Node node = at(key);
        std::vector<Node> result;
        if (node.m_json.is_null()) {
            return result;
        }
        node.require(node.m_json.is_array(), "a list");
        for (std::size_t i = 0; i < node.m_json.size(); ++i) {
            result.emplace_back(node.m_json[i], node.m_path + "[" + std::to_string(i) + "]");
        }
        return result;
    }
    std::vector<std::string> texts(const char* key) const {
        std::vector<std::string> result;
        for (const Node& node : list(key)) {
            node.require(node.m_json.is_string(), "text");
            result.push_back(node.m_json.get<std::string>());
        }
        return result;
    }
    std::vector<double> numbers() const {
        require(m_json.is_array(), "a list of numbers");
        std::vector<double> result;
        for (const Json& one : m_json) {
            require(one.is_number(), "a list of numbers");
            result.push_back(one.get<double>());
        }
        return result;
    }
    void require(bool holds, const std::string& what) const {
        if (!holds) {
            throw std::runtime_error("The report cannot be read: " + (m_path.empty() ? "its top" : m_path) +
                                     " is not " + what + ".");
        }
    }
    void requireObject() const { require(m_json.is_object(), "an object"); }
    const Json& json() const { return m_json; }

    template<typename Enum>
    Enum choice(const char* key, std::initializer_list<Enum> values, Enum fallback) const {
        const std::string name = text(key);
        if (name.empty()) {
            return fallback;
        }
        for (const Enum value : values) {
            if (name == toString(value)) {
                return value;
            }
        }
        at(key).require(false, "one of the known words (it says \"" + name.substr(0, 40) + "\")");
        return fallback;
    }

private:
    const Json& m_json;
    std::string m_path;
};

std::optional<Money> readMoney(const Node& parent, const char* key, const std::string& currency) {
    const std::string text = parent.text(key);
    if (text.empty()) {
        return std::nullopt;
    }
    // Decimal text to 10^-12, no floating point on the way.
    const std::size_t point = text.find('.');
    std::string digits = text.substr(0, point);
    std::string fraction = point == std::string::npos ? std::string() : text.substr(point + 1);
    parent.at(key).require(fraction.size() <= 12 && digits.size() <= 6 && !digits.empty() &&
                               (digits + fraction).find_first_not_of("0123456789") == std::string::npos,
                           "an amount of money as decimal text");
    fraction.resize(12, '0');
    return Money{std::stoll(digits + fraction), currency};
}

Evidence readEvidence(const Node& node) {
    Evidence evidence;
    evidence.at = node.text("at");
    evidence.file = node.text("file");
    evidence.sha256 = node.text("sha256");
    evidence.quote = node.text("quote");
    const auto bytes = node.list("bytes");
    node.at("bytes").require(bytes.size() == 2 && bytes[0].json().is_number_unsigned() &&
                                 bytes[1].json().is_number_unsigned(),
                             "a pair of numbers");
    evidence.begin = bytes[0].json().get<std::uint64_t>();
    evidence.end = bytes[1].json().get<std::uint64_t>();
    node.at("bytes").require(evidence.begin <= evidence.end, "a range that ends after it begins");
    evidence.state = node.choice("state",
                                 {ProofState::Proven, ProofState::Approximate, ProofState::Ocr,
                                  ProofState::Ambiguous, ProofState::Misattributed, ProofState::NotFound},
                                 ProofState::NotFound);
    evidence.role = node.choice("role",
                                {EvidenceRole::Site, EvidenceRole::Cause, EvidenceRole::Guard,
                                 EvidenceRole::Counter, EvidenceRole::Support},
                                EvidenceRole::Support);
    evidence.page = node.count("page");
    evidence.places = node.count("places");
    evidence.step = node.text("step");
    for (const Node& rect : node.list("rects")) {
        const auto numbers = rect.numbers();
        rect.require(numbers.size() == 4, "four numbers");
        evidence.rects.push_back({static_cast<float>(numbers[0]), static_cast<float>(numbers[1]),
                                  static_cast<float>(numbers[2]), static_cast<float>(numbers[3])});
    }
    if (node.has("context")) {
        const Node context = node.at("context");
        evidence.contextLine = context.count("line");
        evidence.before = context.text("before");
        evidence.after = context.text("after");
    }
    return evidence;
}

std::vector<Evidence> readEvidences(const Node& node, const char* key) {
    std::vector<Evidence> result;
    for (const Node& one : node.list(key)) {
        result.push_back(readEvidence(one));
    }
    return result;
}

Sentence readSentence(const Node& node) {
    node.requireObject();
    // Unknown origin is the one that carries a mark.
    Sentence sentence(
        node.text("text"),
        node.choice("origin", {Origin::Extracted, Origin::Computed, Origin::Generated}, Origin::Generated));
    sentence.evidence = readEvidences(node, "evidence");
    sentence.supports = node.choice(
        "supports", {Supports::Yes, Supports::No, Supports::Unknown, Supports::NotNeeded}, Supports::Unknown);
    sentence.group = node.text("group");
    sentence.demo = node.truth("demo");
    return sentence;
}

std::vector<Sentence> readSentences(const Node& node, const char* key) {
    std::vector<Sentence> result;
    for (const Node& one : node.list(key)) {
        result.push_back(readSentence(one));
    }
    return result;
}

Finding readFinding(const Node& node) {
    node.requireObject();
    Finding finding;
    finding.id = node.text("id");
    finding.fingerprint = node.text("fingerprint");
    finding.kind = node.text("kind");
    finding.rule = node.text("rule");
    finding.source = node.text("source");
    const std::pair<const char*, Sentence*> sentences[] = {
        {"title", &finding.title}, {"claim", &finding.claim}, {"consequence", &finding.consequence}};
    for (const auto& [key, target] : sentences) {
        if (node.has(key)) {
            *target = readSentence(node.at(key));
        }
    }
    finding.severity = node.choice(
        "severity", {Severity::Note, Severity::Low, Severity::Medium, Severity::High, Severity::Critical},
        Severity::Low);
    finding.worthFixing = node.text("worth_fixing");
    finding.conditions = readSentences(node, "conditions");
    finding.evidence = readEvidences(node, "evidence");
    if (node.has("votes")) {
        finding.votesFor = node.at("votes").count("for");
        finding.votesOf = node.at("votes").count("of");
    }
    for (const Node& one : node.list("verdicts")) {
        finding.verdicts.push_back({one.text("lens"), one.text("outcome"), one.text("reason"),
                                    one.text("branch"), readEvidences(one, "counter"), one.truth("demo")});
    }
    for (const Node& one : node.list("witnesses")) {
        finding.witnesses.push_back({one.text("tool"), one.text("rule"), one.text("at")});
    }
    finding.confidence = node.text("confidence");
    finding.modelConfidence = node.text("model_confidence");
    finding.state = node.text("state");
    finding.stateReason = node.text("state_reason");
    finding.since = node.text("since");
    finding.firstRun = node.text("first_run");
    finding.lastRun = node.text("last_run");
    finding.patch = node.text("patch");
    if (node.has("dismissal")) {
        const Node d = node.at("dismissal");
        finding.dismissal = Dismissal{d.text("reason"), d.text("scope"), d.text("by"), d.text("when")};
    }
    return finding;
}

Coverage readCoverage(const Node& node) {
    Coverage coverage;
    coverage.complete = node.truth("complete");
    const Node files = node.at("files"), tokens = node.at("tokens"), pages = node.at("pages"),
               questions = node.at("questions");
    coverage.found = files.integer("found");
    coverage.inContext = files.integer("in_context");
    coverage.structureOnly = files.integer("structure_only");
    coverage.excluded = files.integer("excluded");
    coverage.unreadable = files.integer("unreadable");
    coverage.overBudget = files.integer("over_budget");
    coverage.withheld = files.integer("withheld");
    coverage.tokensInContext = tokens.integer("in_context");
    coverage.tokensExact = tokens.truth("exact");
    coverage.pagesFound = pages.integer("found");
    coverage.pagesText = pages.integer("text");
    coverage.pagesOcr = pages.integer("ocr");
    coverage.pagesEmpty = pages.integer("empty");
    coverage.questionsPlanned = questions.integer("planned");
    coverage.questionsDone = questions.integer("done");
    coverage.bytesListed = node.size("bytes_listed");
    for (const Node& gap : node.list("open")) {
        coverage.open.push_back({gap.text("path"), gap.text("pages"), gap.text("state"), gap.text("reason")});
    }
    return coverage;
}

CostReport readCost(const Node& node) {
    CostReport cost;
    const std::string currency = node.has("currency") ? node.text("currency") : "USD";
    const Node forecast = node.at("forecast"), tokens = node.at("tokens"), price = node.at("price");
    cost.low = readMoney(forecast, "low", currency);
    cost.high = readMoney(forecast, "high", currency);
    cost.secondsLow = forecast.real("seconds_low");
    cost.secondsHigh = forecast.real("seconds_high");
    cost.actual = readMoney(node, "actual", currency);
    cost.seconds = node.real("seconds");
    cost.calls = node.integer("calls");
    cost.inputUncached = tokens.integer("input_uncached");
    cost.inputCached = tokens.integer("input_cached");
    cost.output = tokens.integer("output");
    cost.reasoning = tokens.integer("reasoning");
    cost.estimated = node.truth("estimated");
    cost.priceRow = price.text("row");
    cost.priceBand = price.text("band");
    cost.priceAsOf = price.text("as_of");
    cost.priceSource = price.text("source");
    return cost;
}

// Counted here and not by the parser's callback, which walks through a whole list at the end of each of its entries:
// a manifest of 50,000 files would take seconds.
bool deeperThan(std::string_view json, int most) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            i += c == '\\' ? 1 : 0;
        } else if (c == '{' || c == '[') {
            if (++depth > most) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

} // namespace

Finding findingFromJson(const Json& json) {
    return readFinding(Node(json, "finding"));
}

Sentence sentenceFromJson(const Json& json) {
    return readSentence(Node(json, "sentence"));
}

Report reportFromJson(std::string_view text) {
    if (text.size() > largestReport) {
        throw std::runtime_error("The report is larger than 1 GiB and is not read.");
    }
    Json json;
    try {
        if (deeperThan(text, 64)) {
            throw std::runtime_error("The report cannot be read: it is nested deeper than 64 levels.");
        }
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        throw std::runtime_error("The report cannot be read: it is not JSON at byte " +
                                 std::to_string(error.byte) + ".");
    }
    const Node root(json, "");
    root.requireObject();
    root.at("schema").require(root.text("schema") == "lectern.report/1",
                              "\"lectern.report/1\"; is this a report that lectern wrote?");
    Report report;
    report.toolVersion = root.at("tool").text("version");
    const Node run = root.at("run");
    report.run = {run.text("id"),      run.text("goal"),         run.text("started"),
                  run.text("status"),  run.text("resumed_from"), run.text("question"),
                  run.real("seconds"), run.count("exit"),        run.texts("conditions")};
    for (const Node& one : root.list("subject")) {
        report.subject.push_back(
            {one.text("kind"), one.text("name"), {}, one.text("revision"), one.truth("dirty")});
    }
    report.corpusSha256 = root.text("corpus_sha256");
    const Node engine = root.at("engine");
    report.engine.name = engine.text("name");
    report.engine.model = engine.text("model");
    report.engine.reportedModel = engine.text("reported_model");
    report.engine.fingerprint = engine.text("fingerprint");
    report.engine.level = engine.count("level");
    report.engine.effort = engine.text("effort");
    report.engine.thinking = engine.truth("thinking");
    report.engine.promptsSha256 = engine.text("prompts_sha256");
    report.engine.bytesSent = engine.size("bytes_sent");
    report.engine.demo = engine.truth("demo");
    report.engine.note = engine.text("note");
    report.coverage = readCoverage(root.at("coverage"));
    report.cost = readCost(root.at("cost"));
    report.summary = readSentences(root, "summary");
    report.answer = readSentences(root, "answer");
    for (const Node& one : root.list("findings")) {
        report.findings.push_back(readFinding(one));
    }
    for (const Node& one : root.list("rejected")) {
        report.rejected.push_back(readFinding(one));
    }
    for (const Node& one : root.list("searches")) {
        report.searches.push_back(
            {one.text("pattern"), one.text("mode"), one.text("scope"), one.integer("hits")});
    }
    report.notes = root.texts("notes");
    for (const Node& one : root.list("manifest")) {
        ManifestRow row;
        row.path = one.text("path");
        row.kind = one.text("kind");
        row.sha256 = one.text("sha256");
        row.state = one.text("state");
        row.reason = one.text("reason");
        row.rule = one.text("rule");
        row.bytes = one.size("bytes");
        row.tokens = one.integer("tokens");
        row.lines = one.integer("lines");
        row.pages = one.integer("pages");
        report.manifest.push_back(std::move(row));
    }
    return report;
}

} // namespace app
