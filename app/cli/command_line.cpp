#include "app/cli/command_line.h"

#include "app/cli/terminal_text.h"
#include "app/resources.h"

#include <algorithm>
#include <numeric>

namespace app::cli {

bool ParsedLine::has(const std::string& name) const {
    return std::any_of(options.begin(), options.end(), [&](const GivenOption& o) { return o.name == name; });
}

namespace {

std::size_t editDistance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row.back();
}

const Option* findOption(const std::vector<Option>& options, const std::string& name) {
    const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
    return found == options.end() ? nullptr : &*found;
}

const Command* findCommand(const std::string& name) {
    for (const Command* command : commandTable())
        if (command->name == name)
            return command;
    return nullptr;
}

std::string inQuotes(const std::string& word) {
    return "\"" + terminalText(word, Newlines::Escape) + "\"";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

void checkChoices(const Option& option, const std::string& value) {
    if (option.choices.empty())
        return;
    for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t comma = option.list ? std::min(value.find(',', begin), value.size()) : value.size();
        const std::string word = value.substr(begin, comma - begin);
        if (std::find(option.choices.begin(), option.choices.end(), word) == option.choices.end())
            throw UsageError("--" + option.name + " cannot be " + inQuotes(word) + ": use " + joined(option.choices) + ".", "--" + option.name,
                             nearest(word, option.choices));
        begin = comma + 1;
    }
}

[[noreturn]] void unknownOption(const std::string& name, const std::vector<Option>& options) {
    std::vector<std::string> names;
    for (const Option& option : options)
        names.push_back("--" + option.name);
    const std::string near = nearest("--" + name, names);
    throw UsageError("There is no option " + inQuotes("--" + name) + (near.empty() ? "" : ", perhaps you mean " + near) + ".", "--" + name,
                     near.empty() ? "see lectern --help" : "use " + near);
}

} // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t distance = word.size() / 3 + 2;
    for (const std::string& candidate : known) {
        const std::size_t d = candidate.starts_with(word) && word.size() > 2 ? 1 : editDistance(word, candidate);
        if (d < distance)
            distance = d, best = candidate;
    }
    return best;
}

bool wantsJson(const std::vector<std::string>& arguments) {
    const auto end = std::find(arguments.begin(), arguments.end(), "--");
    return std::find(arguments.begin(), end, "--json") != end;
}

std::vector<Option> optionsOf(const Command& command) {
    std::vector<Option> all = command.options;
    if (command.corpus)
        all.insert(all.end(), corpusOptions().begin(), corpusOptions().end());
    all.insert(all.end(), commonOptions().begin(), commonOptions().end());
    return all;
}

ParsedLine parseCommandLine(const std::vector<std::string>& arguments) {
    ParsedLine line;
    // Options may stand before the command, so what is known there is every option of every command.
    std::vector<Option> known = commonOptions();
    std::vector<Option> anywhere = commonOptions();
    for (const Command* command : commandTable())
        for (const Option& option : optionsOf(*command))
            if (!findOption(anywhere, option.name))
                anywhere.push_back(option);
    bool optionsEnded = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (optionsEnded || word.size() < 2 || word[0] != '-') {
            if (!line.command) {
                line.command = findCommand(word);
                if (!line.command) {
                    std::vector<std::string> names;
                    for (const Command* command : commandTable())
                        names.push_back(command->name);
                    const std::string near = nearest(word, names);
                    throw UsageError("There is no command " + inQuotes(word) + (near.empty() ? "" : ", perhaps you mean " + near) + ".", word,
                                     "see lectern --help");
                }
                known = optionsOf(*line.command);
            } else {
                line.positional.push_back(word);
            }
            continue;
        }
        if (word == "--") {
            optionsEnded = true;
            continue;
        }
        if (word == "-h") {
            line.options.push_back({"help", ""});
            continue;
        }
        if (word[1] != '-')
            throw UsageError("There is no option " + inQuotes(word) + ": options begin with two dashes.", word, "see lectern --help");
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(2, equals == std::string::npos ? std::string::npos : equals - 2);
        const Option* option = findOption(line.command ? known : anywhere, name);
        if (!option)
            unknownOption(name, line.command ? known : anywhere);
        std::string value;
        if (equals != std::string::npos) {
            if (option->takes == Takes::Nothing)
                throw UsageError("--" + name + " takes no value.", "--" + name);
            value = word.substr(equals + 1);
        } else if (option->takes == Takes::Value) {
            if (i + 1 >= arguments.size())
                throw UsageError("--" + name + " needs a value: " + option->argument + ".", "--" + name);
            value = arguments[++i];
        }
        if (option->takes != Takes::Nothing && !(option->takes == Takes::OptionalValue && value.empty()))
            checkChoices(*option, value);
        line.options.push_back({name, value});
    }
    if (line.has("help") || line.has("version"))
        return line;
    if (!line.command)
        throw UsageError("No command given.", "", "see lectern --help");
    for (const GivenOption& given : line.options) // those that stood before the command
        if (!findOption(known, given.name))
            throw UsageError("--" + given.name + " does not belong to lectern " + line.command->name + ".", "--" + given.name,
                             "see lectern " + line.command->name + " --help");
    const Command& command = *line.command;
    const int count = int(line.positional.size());
    if (!command.actions.empty() && count > 0 &&
        std::find(command.actions.begin(), command.actions.end(), line.positional[0]) == command.actions.end())
        throw UsageError("lectern " + command.name + " cannot " + inQuotes(line.positional[0]) + ": use " + joined(command.actions) + ".",
                         line.positional[0], nearest(line.positional[0], command.actions));
    if (count < command.minimum)
        throw UsageError("lectern " + command.name + " needs " + command.positional + ".", command.name,
                         "see lectern " + command.name + " --help");
    if (command.maximum >= 0 && count > command.maximum)
        throw UsageError("lectern " + command.name + " takes no further argument " + inQuotes(line.positional[std::size_t(command.maximum)]) + ".",
                         line.positional[std::size_t(command.maximum)]);
    return line;
}

// --- help ---------------------------------------------------------------------------------------------------------

namespace {

std::string optionHead(const Option& option) {
    std::string head = "--" + option.name;
    if (option.takes == Takes::OptionalValue)
        head += "[=" + option.argument + "]";
    else if (option.takes == Takes::Value)
        head += " " + option.argument;
    return head;
}

std::string optionLines(const std::vector<Option>& options) {
    std::size_t width = 0;
    for (const Option& option : options)
        width = std::max(width, std::size_t(terminalWidth(optionHead(option))));
    width = std::min<std::size_t>(width, 30);
    std::string text;
    for (const Option& option : options) {
        std::string head = "  " + optionHead(option);
        const auto columns = std::size_t(terminalWidth(head));
        head += columns > width + 2 ? "\n" + std::string(width + 4, ' ') : std::string(width + 4 - columns, ' ');
        text += head + option.help + (option.repeats ? " (may repeat)" : "") + "\n";
    }
    return text;
}

} // namespace

std::string helpText(const Command* command) {
    if (!command) {
        std::string text = "lectern " + std::string(version()) +
                           ": reads repositories and PDFs, all of it, and answers with proof.\n\n"
                           "Use: lectern [COMMON] COMMAND [OPTIONS] [PATH…]\n\n"
                           "PATH is a folder, a file, a PDF or REPO@REV; without one, --session supplies the corpus of its latest run.\n\n"
                           "Commands:\n";
        for (const Command* each : commandTable())
            text += "  " + fitted(each->name, 12) + each->summary + "\n";
        text += "\nCommon options:\n" + optionLines(commonOptions());
        text += "\nlectern COMMAND --help says more about one command.\n\n"
                "Exit codes: 0 clean, 1 findings, 2 usage, 3 incomplete coverage, 4 budget reached, 5 engine, 130 interrupted.\n";
        return text;
    }
    std::string text = "Use: lectern " + command->name + " [OPTIONS] " + command->positional + "\n\n" + command->summary + ".\n";
    if (!command->options.empty())
        text += "\nOptions:\n" + optionLines(command->options);
    if (command->corpus)
        text += "\nWhat to read:\n" + optionLines(corpusOptions());
    text += "\nCommon options:\n" + optionLines(commonOptions());
    text += "\nExit code 1 means: " + command->codeOne + ".\n";
    return text;
}

} // namespace app::cli
