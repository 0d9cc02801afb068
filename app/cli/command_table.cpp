// The one table of commands, and the options that several share. One line per command.
#include "app/cli/command.h"

namespace app::cli {

const Command& ingestCommand();
const Command& costCommand();
const Command& planCommand();
const Command& reviewCommand();
const Command& summarizeCommand();
const Command& askCommand();
const Command& triageCommand();
const Command& verifyCommand();
const Command& exportCommand();
const Command& pricesCommand();
const Command& sessionsCommand();
const Command& engineCommand();
const Command& snapshotsCommand();

const std::vector<const Command*>& commandTable() {
    static const std::vector<const Command*> table{
        &ingestCommand(),
        &costCommand(),
        &planCommand(),
        &reviewCommand(),
        &summarizeCommand(),
        &askCommand(),
        &triageCommand(),
        &verifyCommand(),
        &exportCommand(),
        &sessionsCommand(),
        &snapshotsCommand(),
        &engineCommand(),
        &pricesCommand(),
    };
    return table;
}

const std::vector<Option>& commonOptions() {
    static const std::vector<Option> options{
        {"session", "FILE", "the session to read and extend (a new one in the user's data folder, named after the subject)"},
        {"json", "", "exactly one JSON document on stdout when finished, nothing else there", {}, Takes::Nothing},
        {"events", "FILE", "JSON lines while running, to FILE or stderr", {}, Takes::OptionalValue},
        {"engine", "NAME", "none, built-in, a model folder, or a saved endpoint (settings; if nothing is set up, built-in where it is installed)"},
        {"effort", "LEVEL", "low, high or max; fixed for the session's prefix (high)", {"low", "high", "max"}},
        {"thinking", "on|off", "whether the model may think first (on)", {"on", "off"}},
        {"budget", "MONEY", "stop with code 4 when so much is spent, everything saved (none)"},
        {"max-minutes", "N", "stop with code 4 after so many minutes, everything saved (none)"},
        {"max-output", "N", "tokens one answer may have (the engine's limit)"},
        {"yes", "", "accept the shown plan and price; without a terminal a paid run needs this and --budget", {}, Takes::Nothing},
        {"offline", "", "open no socket", {}, Takes::Nothing},
        {"resume", "", "continue the unfinished run of the session", {}, Takes::Nothing},
        {"lang", "TAG", "language of the program (the system's)"},
        {"report-lang", "TAG", "language of the report (the program's)"},
        {"color", "WHEN", "auto, always or never (auto)", {"auto", "always", "never"}},
        {"quiet", "", "no progress and no notes on stderr", {}, Takes::Nothing},
        {"verbose", "", "more notes; events carry the text of answers", {}, Takes::Nothing},
        {"help", "", "this text", {}, Takes::Nothing},
        {"version", "", "the version", {}, Takes::Nothing},
    };
    return options;
}

const std::vector<Option>& corpusOptions() {
    static const std::vector<Option> options{
        {"rev", "REV", "the revision of a repository to read (the working tree)"},
        {"include", "GLOB", "read these paths although a rule leaves them out; the last match of --include and --exclude wins", {}, Takes::Value, true},
        {"exclude", "GLOB", "leave these paths out", {}, Takes::Value, true},
        {"structure", "GLOB", "of these files read only signatures and headings", {}, Takes::Value, true},
        {"no-ignore", "", "do not obey .gitignore and .lecternignore", {}, Takes::Nothing},
        {"submodules", "", "enter submodules", {}, Takes::Nothing},
        {"max-file", "SIZE", "leave text files above this size out (400kB)"},
        {"ocr", "WHEN", "off, or missing: recognise pages without text (off)", {"off", "missing"}},
        {"ocr-lang", "LANGS", "languages for recognition (eng+deu)"},
        {"secrets", "RULE", "block, mask or allow text that looks like a secret (block for remote, allow for embedded)", {"block", "mask", "allow"}},
        {"window", "N", "tokens that fit (what the engine reports)"},
        {"reserve", "PCT", "share of the window kept free, never under 12 (16)"},
        {"profile", "KIND", "code, legal or mixed (guessed and said)", {"code", "legal", "mixed"}},
    };
    return options;
}

} // namespace app::cli
