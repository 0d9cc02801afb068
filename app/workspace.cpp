#include "app/workspace.h"

#include "app/resources.h"
#include "ingest/sha256.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace app {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string ReadRequest::toJson() const {
    Json globs = Json::array();
    for (const auto& glob : filter.globs)
        globs.push_back({{"pattern", glob.pattern}, {"include", glob.include}});
    Json object = {{"paths", paths},
                   {"revision", source.revision},
                   {"use_ignore_rules", source.useIgnoreRules},
                   {"enter_submodules", source.enterSubmodules},
                   {"globs", globs},
                   {"max_text", filter.maxText},
                   {"max_pdf", filter.maxPdf},
                   {"max_pdf_pages", filter.maxPdfPages},
                   {"structure", structure},
                   {"ocr", ocr},
                   {"ocr_languages", ocrLanguages},
                   {"secrets", secrets},
                   {"profile", profile}};
    return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ReadRequest ReadRequest::fromJson(const std::string& text) {
    // A session may be foreign: wrong types become defaults, never an exception with library words in it.
    const Json object = Json::parse(text, nullptr, false);
    if (!object.is_object())
        throw std::runtime_error("The session does not say what was read: give the path again.");
    ReadRequest request;
    const auto take = [&](const char* key, auto& field) {
        if (const auto found = object.find(key); found != object.end())
            try {
                field = found->get<std::decay_t<decltype(field)>>();
            } catch (const Json::exception&) {
            }
    };
    take("paths", request.paths);
    take("revision", request.source.revision);
    take("use_ignore_rules", request.source.useIgnoreRules);
    take("enter_submodules", request.source.enterSubmodules);
    take("max_text", request.filter.maxText);
    take("max_pdf", request.filter.maxPdf);
    take("max_pdf_pages", request.filter.maxPdfPages);
    take("structure", request.structure);
    take("ocr", request.ocr);
    take("ocr_languages", request.ocrLanguages);
    take("secrets", request.secrets);
    take("profile", request.profile);
    if (const auto globs = object.find("globs"); globs != object.end() && globs->is_array())
        for (const Json& glob : *globs)
            if (glob.is_object() && glob.contains("pattern") && glob["pattern"].is_string())
                request.filter.globs.push_back({glob["pattern"].get<std::string>(), glob.value("include", Json(false)) == true});
    return request;
}

// Relative paths are stored absolute, so that a session can be continued from another folder; "@REV" stays.
static std::string absolutePath(const std::string& path) {
    std::error_code error;
    if (path.starts_with("~/"))
        if (const char* home = std::getenv("HOME"))
            return std::string(home) + path.substr(1);
    if (fs::exists(path, error)) {
        const fs::path full = fs::weakly_canonical(path, error);
        return error ? path : full.string();
    }
    if (const std::size_t at = path.rfind('@'); at != std::string::npos && at > 0 && fs::exists(path.substr(0, at), error)) {
        const fs::path full = fs::weakly_canonical(path.substr(0, at), error);
        return error ? path : full.string() + path.substr(at);
    }
    return path;
}

ReadRequest makeReadRequest(const std::vector<std::string>& paths, const Settings& settings) {
    ReadRequest request;
    for (const std::string& path : paths)
        request.paths.push_back(absolutePath(path));
    request.filter.maxText = settings.maxTextFile;
    request.filter.maxPdfPages = settings.maxPdfPages;
    request.ocr = settings.ocr;
    request.ocrLanguages = settings.ocrLanguages;
    request.secrets = settings.secrets;
    return request;
}

std::shared_ptr<const ingest::Corpus> readSubject(const ReadRequest& request,
                                                  const std::function<void(const ingest::ReadProgress&)>& onProgress,
                                                  std::stop_token stop) {
    if (request.paths.empty())
        throw std::runtime_error("Nothing to read: give a folder, a file, a PDF or REPO@REV.");
    std::vector<std::unique_ptr<ingest::Source>> sources;
    for (const std::string& path : request.paths)
        sources.push_back(ingest::openSource(path, request.source));
    return ingest::readCorpus(sources, request.filter, onProgress, stop);
}

std::string subjectName(const ingest::Corpus& corpus) {
    const auto& subjects = corpus.subjects();
    if (subjects.empty())
        return "nothing";
    if (subjects.size() == 1)
        return subjects[0].name;
    return subjects[0].name + " and " + std::to_string(subjects.size() - 1) + " more";
}

fs::path defaultSessionFile(const ReadRequest& request) {
    if (request.paths.empty())
        throw std::runtime_error("Nothing to read and no session named: give a path or --session FILE.");
    std::string all, name;
    for (const std::string& path : request.paths) {
        const std::string plain = path.substr(0, path.rfind('@') == 0 ? std::string::npos : path.rfind('@'));
        all += plain + '\n';
        if (name.empty())
            name = fs::path(plain).filename().string().empty() ? fs::path(plain).parent_path().filename().string()
                                                              : fs::path(plain).filename().string();
    }
    std::string safe;
    for (const char c : name)
        safe += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' || (c & 0x80) ? c : '_';
    if (safe.empty() || safe[0] == '.')
        safe = "subject" + safe;
    if (safe.size() > 100)
        safe.resize(100);
    return dataFolder() / (safe + "-" + ingest::sha256(all).substr(0, 6) + ".lectern");
}

void Workspace::setCorpus(ReadRequest request, std::shared_ptr<const ingest::Corpus> corpus) {
    m_request = std::move(request);
    m_corpus = std::move(corpus);
    m_context.reset();
}

void Workspace::openSession(const fs::path& file) {
    m_store.reset(); // the old lock goes first: it may be the same file
    m_store = std::make_unique<SessionStore>(file);
}

} // namespace app
