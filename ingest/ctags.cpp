// universal-ctags as a second opinion. It runs on a copy in an empty folder of ours, with --options=NONE, an empty
// environment and limits, so that no file of the corpus configures it; it is looked for in the system's folders only.
#include "ingest/outline.h"

#include "ingest/document.h"
#include "ingest/kind.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingest {

namespace {

namespace fs = std::filesystem;

constexpr int longestRun = 3000;               // ms
constexpr std::size_t largestReply = 8u << 20; // bytes

const char* ctagsProgram() {
    static const char* const program = [] {
        for (const char* path : {"/usr/bin/ctags-universal", "/usr/local/bin/ctags"})
            if (::access(path, X_OK) == 0)
                return path;
        return static_cast<const char*>(nullptr);
    }();
    return program;
}

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code error;
        std::string pattern = (fs::temp_directory_path(error) / "lectern-ctags-XXXXXX").string();
        if (!error && ::mkdtemp(pattern.data()))
            m_path = pattern;
    }
    ~TemporaryFolder() {
        std::error_code error;
        if (!m_path.empty())
            fs::remove_all(m_path, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

// What the program writes, empty where it fails, is slow or writes too much.
std::string outputOf(const char* program, const std::string& file) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return {};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::string name = program, target = file;
    std::string arguments[] = {"--options=NONE", "--sort=no", "--fields=neKs", "--excmd=number", "-f", "-"};
    std::vector<char*> argv{name.data()};
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(target.data());
    argv.push_back(nullptr);
    char* environment[] = {nullptr};
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, program, &actions, nullptr, argv.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string output;
    bool good = failed == 0;
    while (good) {
        pollfd waiting{ends[0], POLLIN, 0};
        char buffer[16384];
        if (::poll(&waiting, 1, longestRun) <= 0)
            good = false;
        else if (const ssize_t got = ::read(ends[0], buffer, sizeof buffer); got > 0)
            output.append(buffer, static_cast<std::size_t>(got));
        else if (got == 0)
            break;
        else
            good = false;
        good = good && output.size() <= largestReply;
    }
    ::close(ends[0]);
    int status = 1;
    if (failed == 0) {
        if (!good)
            ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
    }
    return good && status == 0 ? output : std::string();
}

// name \t file \t 12;" \t kind \t line:12 \t class:Scope \t end:20
bool parse(std::string_view line, const Document& document, std::uint32_t index, Symbol& symbol) {
    std::vector<std::string_view> fields;
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        fields.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    if (fields.size() < 4 || fields[0].empty())
        return false;
    symbol.name = fields[0];
    symbol.kind = fields[3];
    const int first = std::atoi(std::string(fields[2]).c_str());
    int last = first;
    for (std::size_t i = 4; i < fields.size(); ++i) {
        const auto colon = fields[i].find(':');
        const std::string_view key = fields[i].substr(0, colon);
        if (colon == std::string_view::npos)
            continue;
        if (key == "end")
            last = std::atoi(std::string(fields[i].substr(colon + 1)).c_str());
        else if (key == "class" || key == "struct" || key == "namespace" || key == "interface" || key == "enum" || key == "function")
            symbol.scope = fields[i].substr(colon + 1);
    }
    if (first < 1 || first > document.lineCount() || last < first || last > document.lineCount())
        return false;
    symbol.span = {index, document.lineBegin(first), document.lineEnd(last)};
    return true;
}

} // namespace

std::vector<Symbol> ctagsSymbols(const Document& document, std::uint32_t index) {
    const char* const program = ctagsProgram();
    if (!program)
        return {};
    const TemporaryFolder folder;
    if (folder.path().empty())
        return {};
    // Only the ending of the name is the corpus's, and only if it is a plain one.
    const std::string ending = extensionOf(document.path());
    const bool plain = !ending.empty() && ending.size() < 12 && ending.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+") == std::string::npos;
    const std::string file = folder.path() + "/text" + (plain ? "." + ending : "");
    std::ofstream(file, std::ios::binary) << document.text();
    std::vector<Symbol> symbols;
    std::istringstream output(outputOf(program, file));
    for (std::string line; std::getline(output, line);)
        if (Symbol symbol; !line.starts_with('!') && parse(line, document, index, symbol))
            symbols.push_back(std::move(symbol));
    return symbols;
}

} // namespace ingest
