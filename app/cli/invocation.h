// Invocation: one call of one command: its parsed options, streams, events and progress, and the values that most
// commands need, made on first use: settings, corpus, context, engine, session. Belongs to the thread that runs the
// command.
#pragma once

#include "app/cli/command.h"
#include "app/cli/events.h"
#include "app/cli/progress.h"
#include "app/run_frame.h"

#include <nlohmann/json.hpp>

#include <functional>

namespace app::cli {

struct GivenOption {
    std::string name, value;
};

class Invocation {
public:
    Invocation(const Command& command, std::vector<GivenOption> options, std::vector<std::string> positional,
               const Streams& streams, std::stop_token stop);
    ~Invocation();

    // Options as given; the last one wins where it does not repeat.
    const Command& command() const { return m_command; }
    bool has(const std::string& name) const;
    std::string value(const std::string& name, const std::string& fallback = {}) const;
    std::vector<std::string> values(const std::string& name) const; // repeated or comma-separated
    std::int64_t number(const std::string& name, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
    std::optional<std::uint64_t> size(const std::string& name) const; // "400kB", "2M", "1.5GB"
    const std::vector<std::string>& positional() const { return m_positional; }
    // QUESTION PATH… or PATH… QUESTION: people write both. Moves the question to the front where the first word names
    // something to read and the last does not.
    void questionFirst();
    bool json() const { return has("json"); }
    bool verbose() const { return has("verbose"); }
    bool quiet() const { return has("quiet"); }
    bool offline() const;
    bool interactive() const; // somebody can answer a question

    // Text for people: escaped (no control byte of the data passes), nothing at all with --json.
    void print(const std::string& line);
    void note(const std::string& line);    // stderr, not with --quiet
    void printRaw(const std::string& text); // a document of ours that escaped its data itself (export)
    // The one document; written when run() has returned, so that a failure later still leaves exactly one.
    void printJson(nlohmann::ordered_json document);
    const std::optional<nlohmann::ordered_json>& document() const { return m_document; }
    // One line of a list that is written while it is made (engine tokenize), only with --json.
    void printJsonLine(const nlohmann::ordered_json& line);
    bool colour() const;
    EventWriter& events() { return *m_events; }
    Progress& progress() { return *m_progress; }
    std::stop_token stop() const { return m_stop; }
    bool interrupted() const { return m_stop.stop_requested(); }
    Conditions& conditions() { return m_conditions; }
    // What run() returns: 130 after an interrupt, else by precedence.
    int exitCode() const;

    Settings& settings();
    // Positional arguments from `first` on are the subject; without any, the session's latest corpus is read again.
    ReadRequest& request(std::size_t first = 0);
    std::shared_ptr<const ingest::Corpus> corpus(std::size_t first = 0);
    std::shared_ptr<const TokenCounter> counter();
    // Window and disarming follow the engine; systemText as given.
    std::shared_ptr<const Context> context(const std::string& systemText = {}, const std::string& toolsText = {},
                                           std::size_t first = 0);
    void withoutBackend() { m_backend = std::unique_ptr<Backend>(); } // from here on as with "none"
    // Options without prompts; window and disarming as for context().
    ContextOptions contextOptions(std::size_t first = 0);
    Backend* backend();                 // nullptr with engine "none"
    BackendInfo backendInfo();
    std::string engineName();
    const PriceTable& prices();
    // Opened for writing on first use: --session or the subject's default. Unwritable or busy: UsageError.
    SessionStore& session();
    std::filesystem::path sessionFile();
    bool hasSession() const { return bool(m_session); }
    // The corpus and its manifest as a row of the session.
    std::int64_t storeCorpus(const std::vector<ManifestRow>& manifest);

    // Caps from options and settings.
    std::optional<Money> budget();
    int maxOutput();
    // Shows host, bytes and price before the first byte leaves and asks; --yes (and --budget where nobody can be
    // asked) answers. Throws UsageError when consent is missing; a local engine needs none.
    void consent(const ConsentQuestion& question);

private:
    const Command& m_command;
    std::vector<GivenOption> m_options;
    std::optional<nlohmann::ordered_json> m_document;
    std::vector<std::string> m_positional;
    Streams m_streams;
    std::stop_token m_stop;
    Conditions m_conditions;
    std::unique_ptr<EventWriter> m_events;
    std::unique_ptr<Progress> m_progress;
    std::optional<Settings> m_settings;
    std::unique_ptr<ReadRequest> m_request;
    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::shared_ptr<const TokenCounter> m_counter;
    std::shared_ptr<const Context> m_context;
    std::optional<std::unique_ptr<Backend>> m_backend;
    std::optional<PriceTable> m_prices;
    std::unique_ptr<SessionStore> m_session;
};

} // namespace app::cli
