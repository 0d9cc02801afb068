#include "app/cli/invocation.h"

#include "app/backend/backend.h"
#include "app/cli/terminal_text.h"
#include "app/context.h"
#include "app/prices.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/store/session_store.h"
#include "app/workspace.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>

namespace app::cli {

using Json = nlohmann::ordered_json;

Invocation::Invocation(const Command& command, std::vector<GivenOption> options, std::vector<std::string> positional,
                       const Streams& streams, std::stop_token stop)
    : m_command(command), m_options(std::move(options)), m_positional(std::move(positional)), m_streams(streams), m_stop(stop) {
    m_events = std::make_unique<EventWriter>();
    if (has("events")) {
        if (const std::string file = value("events"); file.empty()) {
            m_events = std::make_unique<EventWriter>([out = m_streams.err](const std::string& line) { *out << line << std::flush; });
        } else {
            auto stream = std::make_shared<std::ofstream>(file, std::ios::binary | std::ios::trunc);
            if (!*stream)
                throw UsageError("The events file " + file + " cannot be written.", file, "name a file in a folder that can be written");
            m_events = std::make_unique<EventWriter>([stream](const std::string& line) { *stream << line << std::flush; });
        }
    }
    // Events on stderr are for programs; a progress line between them would spoil both.
    m_progress = std::make_unique<Progress>(m_streams.err,
                                            m_streams.errIsTerminal && !quiet() && !(has("events") && value("events").empty()));
}

Invocation::~Invocation() = default;

// --- options ------------------------------------------------------------------------------------------------------

bool Invocation::has(const std::string& name) const {
    return std::any_of(m_options.begin(), m_options.end(), [&](const GivenOption& o) { return o.name == name; });
}

std::string Invocation::value(const std::string& name, const std::string& fallback) const {
    for (auto option = m_options.rbegin(); option != m_options.rend(); ++option)
        if (option->name == name)
            return option->value;
    return fallback;
}

std::vector<std::string> Invocation::values(const std::string& name) const {
    const auto split = [](const std::string& text) {
        std::vector<std::string> words;
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t comma = std::min(text.find(',', begin), text.size());
            if (comma > begin)
                words.push_back(text.substr(begin, comma - begin));
            begin = comma + 1;
        }
        return words;
    };
    // A glob may hold a comma; only options declared as lists are split.
    const auto declared = std::find_if(m_command.options.begin(), m_command.options.end(), [&](const Option& o) { return o.name == name; });
    const bool list = declared != m_command.options.end() && declared->list;
    std::vector<std::string> all;
    for (const GivenOption& option : m_options)
        if (option.name == name) {
            if (list)
                for (std::string& word : split(option.value))
                    all.push_back(std::move(word));
            else
                all.push_back(option.value);
        }
    return all;
}

std::int64_t Invocation::number(const std::string& name, std::int64_t fallback, std::int64_t low, std::int64_t high) const {
    if (!has(name))
        return fallback;
    const std::string text = value(name);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < low || number > high)
        throw UsageError("--" + name + " is \"" + text + "\": give a number from " + std::to_string(low) + " to " + std::to_string(high) + ".",
                         "--" + name);
    return number;
}

std::optional<std::uint64_t> Invocation::size(const std::string& name) const {
    if (!has(name))
        return std::nullopt;
    const std::string text = value(name);
    std::string unit;
    std::size_t digits = text.find_first_not_of("0123456789.");
    digits = std::min(digits, text.size());
    for (std::size_t i = digits; i < text.size(); ++i)
        if (text[i] != ' ')
            unit += char(std::tolower(static_cast<unsigned char>(text[i])));
    int shift = -1;
    std::uint64_t factor = 1;
    if (unit.empty() || unit == "b") shift = 0;
    else if (unit == "k" || unit == "kb") shift = 3;
    else if (unit == "m" || unit == "mb") shift = 6;
    else if (unit == "g" || unit == "gb") shift = 9;
    else if (unit == "kib") shift = 0, factor = 1024;
    else if (unit == "mib") shift = 0, factor = 1 << 20;
    else if (unit == "gib") shift = 0, factor = 1 << 30;
    const auto number = shift < 0 ? std::nullopt : parseDecimal(text.substr(0, digits), shift);
    if (!number || *number <= 0 || std::uint64_t(*number) > (std::uint64_t(1) << 50) / factor)
        throw UsageError("--" + name + " is \"" + text + "\": give a size such as 400kB, 2MB or 1.5GB.", "--" + name);
    return std::uint64_t(*number) * factor;
}

void Invocation::questionFirst() {
    const auto exists = [](const std::string& word) {
        std::error_code error;
        return std::filesystem::exists(word, error) ||
               (word.find('@') != std::string::npos && std::filesystem::exists(word.substr(0, word.rfind('@')), error));
    };
    if (m_positional.size() > 1 && exists(m_positional.front()) && !exists(m_positional.back()))
        std::rotate(m_positional.begin(), m_positional.end() - 1, m_positional.end());
}

bool Invocation::offline() const {
    return has("offline") || (m_settings && m_settings->offline);
}

bool Invocation::interactive() const {
    return m_streams.inIsTerminal && m_streams.errIsTerminal && m_streams.in;
}

// --- output -------------------------------------------------------------------------------------------------------

void Invocation::print(const std::string& line) {
    if (json())
        return;
    m_progress->clear();
    *m_streams.out << terminalText(line) << '\n';
}

void Invocation::printRaw(const std::string& text) {
    if (json())
        return;
    m_progress->clear();
    *m_streams.out << (m_streams.outIsTerminal ? terminalText(text) : text);
}

void Invocation::note(const std::string& line) {
    if (quiet())
        return;
    m_progress->clear();
    *m_streams.err << terminalText(line) << '\n';
}

void Invocation::printJson(Json document) {
    m_document = std::move(document);
}

void Invocation::printJsonLine(const Json& line) {
    if (json())
        *m_streams.out << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

bool Invocation::colour() const {
    const std::string when = value("color", "auto");
    return when == "always" || (when == "auto" && m_streams.outIsTerminal && !std::getenv("NO_COLOR") && !json());
}

int Invocation::exitCode() const {
    return interrupted() ? int(Exit::Interrupted) : m_conditions.exitCode();
}

// --- values that most commands need -------------------------------------------------------------------------------

Settings& Invocation::settings() {
    if (!m_settings) {
        m_settings = loadSettings();
        Settings& s = *m_settings;
        s.engine = value("engine", s.engine);
        s.effort = value("effort", s.effort);
        if (has("thinking"))
            s.thinking = value("thinking") == "on";
        s.offline |= has("offline");
        s.budget = value("budget", s.budget);
        s.maxMinutes = int(number("max-minutes", s.maxMinutes, 1, 1'000'000));
        s.maxOutput = int(number("max-output", s.maxOutput, 1, 10'000'000));
        s.language = value("lang", s.language);
        s.reportLanguage = value("report-lang", s.reportLanguage);
        s.reservePercent = int(number("reserve", s.reservePercent, minimumReservePercent, 90));
        s.ocr = value("ocr", s.ocr);
        s.ocrLanguages = value("ocr-lang", s.ocrLanguages);
        s.secrets = value("secrets", s.secrets);
    }
    return *m_settings;
}

ReadRequest& Invocation::request(std::size_t first) {
    if (m_request)
        return *m_request;
    const std::vector<std::string> paths(m_positional.begin() + std::ptrdiff_t(std::min(first, m_positional.size())), m_positional.end());
    if (!paths.empty()) {
        m_request = std::make_unique<ReadRequest>(makeReadRequest(paths, settings()));
    } else {
        if (!has("session"))
            throw UsageError("Nothing to read: give a folder, a file, a PDF or REPO@REV, or --session FILE.", m_command.name,
                             "lectern " + m_command.name + " PATH");
        std::error_code error;
        if (!std::filesystem::exists(value("session"), error))
            throw UsageError("The session " + value("session") + " does not exist, and no path was given.", value("session"),
                             "give a path to read");
        const SessionStore reader(value("session"), SessionStore::Access::Read);
        const auto stored = reader.latestCorpus();
        if (!stored)
            throw UsageError("The session " + value("session") + " has read nothing yet.", value("session"), "give a path to read");
        m_request = std::make_unique<ReadRequest>(ReadRequest::fromJson(stored->request));
    }
    ReadRequest& r = *m_request;
    if (has("rev"))
        r.source.revision = value("rev");
    if (has("no-ignore"))
        r.source.useIgnoreRules = false;
    if (has("submodules"))
        r.source.enterSubmodules = true;
    if (has("include") || has("exclude"))
        r.filter.globs.clear();
    for (const GivenOption& option : m_options)
        if (option.name == "include" || option.name == "exclude")
            r.filter.globs.push_back({option.value, option.name == "include"});
    if (const auto most = size("max-file"))
        r.filter.maxText = *most;
    if (has("structure"))
        r.structure = values("structure");
    r.ocr = value("ocr", r.ocr);
    r.ocrLanguages = value("ocr-lang", r.ocrLanguages);
    r.secrets = value("secrets", r.secrets);
    r.profile = value("profile", r.profile);
    return r;
}

std::shared_ptr<const ingest::Corpus> Invocation::corpus(std::size_t first) {
    if (m_corpus)
        return m_corpus;
    const ReadRequest& what = request(first);
    m_corpus = readSubject(
        what,
        [&](const ingest::ReadProgress& p) {
            m_progress->update("Reading", std::int64_t(p.files), std::int64_t(p.filesTotal), "files", p.current);
            m_events->send("stage", {{"name", "read"}, {"done", p.files}, {"total", p.filesTotal}, {"estimated", p.filesTotal == 0}});
        },
        m_stop);
    m_progress->clear();
    if (m_events->enabled()) {
        const Ledger ledger(m_corpus);
        for (const LedgerRow& row : ledger.rows()) {
            if (row.page != 0)
                continue;
            Json fields = {{"path", row.path}, {"state", toString(row.state)}, {"tokens", row.tokens}};
            if (!row.reason.empty())
                fields["reason"] = row.reason;
            m_events->send("corpus.file", std::move(fields));
        }
        m_events->send("corpus.done", toJson(ledger.coverage()));
        for (const ingest::Warning& warning : m_corpus->warnings())
            m_events->warning(warning.what, warning.about);
    }
    return m_corpus;
}

std::shared_ptr<const TokenCounter> Invocation::counter() {
    // An embedded engine counts with its own vocabulary; the demo model reads no corpus, so V4's stays the measure.
    if (!m_counter && m_backend && *m_backend && !(*m_backend)->info().samplesOnly())
        m_counter = (*m_backend)->counter();
    if (!m_counter)
        m_counter = defaultTokenCounter();
    return m_counter;
}

std::shared_ptr<const Context> Invocation::context(const std::string& systemText, const std::string& toolsText, std::size_t first) {
    if (m_context && m_context->systemText() == systemText && m_context->options().toolsText == toolsText)
        return m_context;
    const auto text = corpus(first);
    ContextOptions options = contextOptions(first);
    options.systemText = systemText;
    options.toolsText = toolsText;
    m_context = planContext(
        text, counter(), options,
        [&](std::int64_t done, std::int64_t total) {
            m_progress->update("Counting", done, total, "files");
            m_events->send("stage", {{"name", "plan"}, {"done", done}, {"total", total}, {"estimated", false}});
        },
        m_stop);
    m_progress->clear();
    return m_context;
}

ContextOptions Invocation::contextOptions(std::size_t first) {
    ContextOptions options;
    // An engine that is open knows its window; a saved endpoint may say it; a forecast needs no connection.
    std::int64_t window = 0;
    bool remote = false;
    if (m_backend && *m_backend) {
        const BackendInfo info = (*m_backend)->info();
        window = info.samplesOnly() ? 0 : info.window;
        remote = !info.host.empty();
    } else if (const Endpoint* endpoint = settings().endpoint(engineName())) {
        window = endpoint->window;
        remote = true;
    }
    options.window = number("window", window > 0 ? window : fullWindow, 1024, 1'000'000'000);
    options.reservePercent = settings().reservePercent;
    options.structure = request(first).structure;
    options.disarm = remote ? Disarm::Insert : Disarm::Leave;
    return options;
}

std::string Invocation::engineName() {
    return settings().chosenEngine();
}

Backend* Invocation::backend() {
    if (!m_backend)
        m_backend = openBackend(engineName(), settings(), settings().offline);
    return m_backend->get();
}

BackendInfo Invocation::backendInfo() {
    Backend* const opened = backend();
    return opened ? opened->info() : BackendInfo{.name = "none"};
}

const PriceTable& Invocation::prices() {
    if (!m_prices)
        m_prices = loadPrices(settings());
    return *m_prices;
}

std::filesystem::path Invocation::sessionFile() {
    return has("session") ? std::filesystem::path(value("session")) : defaultSessionFile(request());
}

SessionStore& Invocation::session() {
    if (!m_session)
        m_session = std::make_unique<SessionStore>(sessionFile());
    return *m_session;
}

std::int64_t Invocation::storeCorpus(const std::vector<ManifestRow>& manifest) {
    return session().saveCorpus(m_corpus->sha256(), subjectName(*m_corpus), request().toJson(), manifest);
}

// --- caps and consent ---------------------------------------------------------------------------------------------

std::optional<Money> Invocation::budget() {
    const std::string text = settings().budget;
    if (text.empty())
        return std::nullopt;
    const auto money = parseMoney(text);
    if (!money || money->picoUnits < 0)
        throw UsageError("--budget is \"" + text + "\": give an amount such as 1.50.", "--budget");
    return money;
}

int Invocation::maxOutput() {
    return settings().maxOutput;
}

void Invocation::consent(const ConsentQuestion& question) {
    const CostEstimate& estimate = question.estimate;
    const std::string shown = question.text();
    m_events->send("confirm.needed", {{"host", question.host},
                                      {"bytes", question.bytes},
                                      {"low", estimate.low ? Json(estimate.low->text()) : Json(nullptr)},
                                      {"high", estimate.high ? Json(estimate.high->text()) : Json(nullptr)}});
    if (has("yes")) {
        if (!interactive() && !budget())
            throw UsageError("A paid run that nobody watches needs --budget beside --yes.", question.host, "add --budget MONEY");
        note(shown + ": accepted by --yes.");
    } else if (interactive()) {
        m_progress->clear();
        *m_streams.err << terminalText(shown) << "? [y/N] " << std::flush;
        std::string answer;
        std::getline(*m_streams.in, answer);
        if (answer != "y" && answer != "Y" && answer != "yes")
            throw UsageError("Nothing was sent.", question.host, "answer y, or add --yes");
    } else {
        throw UsageError(shown + ": not accepted.", question.host, "add --yes and --budget MONEY");
    }
}

} // namespace app::cli
