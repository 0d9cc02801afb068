#include "ingest/source.h"

#include "ingest/folder_source.h"
#include "ingest/git_source.h"
#include "ingest/kind.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>

namespace ingest {

namespace {

namespace fs = std::filesystem;

struct Archive {
    std::string_view ending, unpack;
};

constexpr Archive archives[] = {
    {".zip", "unzip"},     {".jar", "unzip"},      {".whl", "unzip"},      {".tar", "tar -xf"},     {".tar.gz", "tar -xf"},
    {".tgz", "tar -xf"},   {".tar.bz2", "tar -xf"}, {".tbz2", "tar -xf"},   {".tar.xz", "tar -xf"},  {".txz", "tar -xf"},
    {".tar.zst", "tar -xf"}, {".7z", "7z x"},      {".rar", "unrar x"},    {".gz", "gunzip -k"},    {".bz2", "bunzip2 -k"},
    {".xz", "unxz -k"},    {".zst", "unzstd"},     {".deb", "dpkg-deb -x"}, {".rpm", "rpm2archive"}, {".iso", "7z x"},
    {".cpio", "cpio -idF"}, {".bundle", "git clone"}};

std::string withHome(std::string_view path) {
    const char* const home = std::getenv("HOME");
    if (home && (path == "~" || path.starts_with("~/")))
        return home + std::string(path.substr(1));
    return std::string(path);
}

bool exists(const std::string& path) {
    std::error_code error;
    return !path.empty() && fs::exists(path, error);
}

// "repo@rev": the shortest left side that is a folder; a revision may hold '@' itself ("HEAD@{1}").
bool splitRevision(std::string& path, std::string& revision) {
    if (exists(path))
        return false;
    for (auto mark = path.find('@'); mark != std::string::npos; mark = path.find('@', mark + 1)) {
        const std::string left = mark == 0 ? "." : path.substr(0, mark);
        std::error_code error;
        if (mark + 1 < path.size() && fs::is_directory(left, error)) {
            revision = path.substr(mark + 1);
            path = left;
            return true;
        }
    }
    return false;
}

[[noreturn]] void refuseMissing(const std::string& path) {
    if (path.find("://") != std::string::npos || path.starts_with("git@"))
        throw std::runtime_error(path + " is an address, and nothing is fetched: clone it first (git clone) and give the folder");
    throw std::runtime_error("there is no file or folder " + path + ": check the path");
}

void refuseArchive(const std::string& path) {
    std::string name(fileNameOf(path));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    const auto archive = std::find_if(std::begin(archives), std::end(archives),
                                      [&](const Archive& one) { return name.ends_with(one.ending); });
    if (archive != std::end(archives))
        throw std::runtime_error(path + " is an archive, which is not opened: unpack it first (" + std::string(archive->unpack)
                                 + " " + std::string(fileNameOf(path)) + ") and give the folder");
}

} // namespace

std::unique_ptr<Source> openSource(std::string_view given, const SourceOptions& options) {
    std::string path = withHome(given);
    SourceOptions chosen = options;
    if (splitRevision(path, chosen.revision) && !options.revision.empty() && options.revision != chosen.revision)
        throw std::runtime_error(std::string(given) + " and --rev " + options.revision + " name two revisions: give one of them");
    if (!exists(path))
        refuseMissing(path);
    std::error_code error;
    const fs::path resolved = fs::canonical(path, error);
    if (error)
        throw std::runtime_error("cannot read " + path + ": " + error.message());
    if (fs::is_directory(resolved)) {
        if (auto git = openGitSource(resolved.string(), chosen))
            return git;
        if (!chosen.revision.empty())
            throw std::runtime_error(path + " is in no git repository, so there is no revision " + chosen.revision
                                     + ": leave the revision out");
        return std::make_unique<FolderSource>(resolved.string(), std::string(), chosen);
    }
    if (!chosen.revision.empty())
        throw std::runtime_error(path + " is a file, and a revision is given for a repository: give the folder, as REPO@"
                                 + chosen.revision);
    if (!fs::is_regular_file(resolved))
        throw std::runtime_error(path + " is neither a file nor a folder: a FIFO, socket or device is never opened");
    refuseArchive(path);
    return std::make_unique<FileSource>(resolved.string());
}

} // namespace ingest
