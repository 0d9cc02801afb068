// Workspace: one open subject, the single object a program holds: what was asked to be read, the Corpus, its Context,
// the settings and the session. Main thread; the values inside are immutable and go to jobs as shared pointers.
#pragma once

#include "app/context.h"
#include "app/settings.h"
#include "app/store/session_store.h"
#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/source.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

// What to read and how: the corpus options of the command line and of the intake panel.
struct ReadRequest {
    std::vector<std::string> paths; // "~/src/thing", "repo@v1.2", "paper.pdf"
    ingest::SourceOptions source;
    ingest::FilterOptions filter;
    std::vector<std::string> structure;
    std::string ocr = "off", ocrLanguages = "eng+deu", secrets, profile;
    std::string toJson() const;
    static ReadRequest fromJson(const std::string& json);
};
ReadRequest makeReadRequest(const std::vector<std::string>& paths, const Settings& settings);

// Opens every path and reads them into one Corpus. Job thread.
std::shared_ptr<const ingest::Corpus> readSubject(const ReadRequest& request,
                                                  const std::function<void(const ingest::ReadProgress&)>& onProgress,
                                                  std::stop_token stop);
// "lectern" for one subject, "lectern and 2 more" for several.
std::string subjectName(const ingest::Corpus& corpus);
// The session a subject gets when none is named: NAME.lectern in the user's data folder; NAME is the subject's, with
// a few digits of its path so that two checkouts of one name stay apart.
std::filesystem::path defaultSessionFile(const ReadRequest& request);

class Workspace {
public:
    explicit Workspace(Settings settings) : m_settings(std::move(settings)) {}

    const Settings& settings() const { return m_settings; }
    void setSettings(Settings settings) { m_settings = std::move(settings); }

    const ReadRequest& request() const { return m_request; }
    const std::shared_ptr<const ingest::Corpus>& corpus() const { return m_corpus; }
    void setCorpus(ReadRequest request, std::shared_ptr<const ingest::Corpus> corpus); // drops the Context
    const std::shared_ptr<const Context>& context() const { return m_context; }
    void setContext(std::shared_ptr<const Context> context) { m_context = std::move(context); }

    SessionStore* store() { return m_store.get(); } // nullptr: nothing is saved
    void openSession(const std::filesystem::path& file);
    void setStore(std::unique_ptr<SessionStore> store) { m_store = std::move(store); } // opened elsewhere
    void closeSession() { m_store.reset(); }

private:
    Settings m_settings;
    ReadRequest m_request;
    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::shared_ptr<const Context> m_context;
    std::unique_ptr<SessionStore> m_store;
};

} // namespace app
