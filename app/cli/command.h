// The frame of the command line: a Command is data (name, options, help) and one function; help, completion, man page
// and parsing come from the same table. A command runs in-process with streams of the caller's, so tests call it like
// a function. Add a command: one file in app/cli with `const Command& xCommand()`, one line in command_table.cpp; its
// run() gets an Invocation (invocation.h).
#pragma once

#include "app/exit.h"
#include "app/settings.h"

#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace app {
class Backend;
class Context;
class SessionStore;
class TokenCounter;
struct BackendInfo;
struct CostEstimate;
struct Money;
struct ReadRequest;
} // namespace app
namespace ingest {
class Corpus;
}

namespace app::cli {

enum class Takes : std::uint8_t { Nothing, Value, OptionalValue };

struct Option {
    std::string name;     // without dashes
    std::string argument; // "FILE"; empty = takes nothing
    std::string help;     // one line, default included
    std::vector<std::string> choices; // checked; empty = anything
    Takes takes = Takes::Value;
    bool repeats = false;
    bool list = false;    // comma-separated values, each of `choices`
};

class Invocation;

struct Command {
    std::string name, summary, positional; // positional as in the synopsis: "[PATH…]", "QUESTION [PATH…]"
    int minimum = 0, maximum = 0;          // positional arguments; maximum -1 = any number
    bool corpus = false;                   // ◆ takes the corpus options
    std::vector<Option> options;
    std::string codeOne;                   // what exit code 1 means here
    std::vector<std::string> actions;      // first positional is one of these: "list", "show"
    int (*run)(Invocation&) = nullptr;
};

const std::vector<const Command*>& commandTable();
const std::vector<Option>& commonOptions();
const std::vector<Option>& corpusOptions();

// A mistake of the user's: exit code 2 and one sentence.
class UsageError : public std::runtime_error {
public:
    explicit UsageError(const std::string& sentence, std::string about = {}, std::string cure = {})
        : std::runtime_error(sentence), m_about(std::move(about)), m_cure(std::move(cure)) {}
    const std::string& about() const { return m_about; }
    const std::string& cure() const { return m_cure; }

private:
    std::string m_about, m_cure;
};

struct Streams {
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
    std::istream* in = nullptr;
    bool outIsTerminal = false, errIsTerminal = false, inIsTerminal = false;
};

// The whole program but for the process around it: parses, runs, catches, prints. Returns the exit code.
int runCommandLine(const std::vector<std::string>& arguments, const Streams& streams, std::stop_token stop);

} // namespace app::cli
