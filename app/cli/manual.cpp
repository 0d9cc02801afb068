#include "app/cli/manual.h"

#include "app/cli/command_line.h"

namespace app::cli {

namespace {

std::string roff(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            out += "\\e";
        else if (text[i] == '-')
            out += "\\-";
        else if ((text[i] == '.' || text[i] == '\'') && (i == 0 || text[i - 1] == '\n'))
            out += std::string("\\&") + text[i];
        else
            out += text[i];
    }
    return out;
}

std::string options(const std::vector<Option>& list) {
    std::string out;
    for (const Option& option : list) {
        out += ".TP\n\\fB\\-\\-" + roff(option.name) + "\\fR";
        if (option.takes == Takes::OptionalValue)
            out += "[=\\fI" + roff(option.argument) + "\\fR]";
        else if (option.takes == Takes::Value)
            out += " \\fI" + roff(option.argument) + "\\fR";
        out += "\n" + roff(option.help) + (option.repeats ? " (may repeat)" : "") + "\n";
    }
    return out;
}

std::string words(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& word : list)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

std::string dashed(const std::vector<Option>& list) {
    std::vector<std::string> names;
    for (const Option& option : list)
        names.push_back("--" + option.name);
    return words(names);
}

} // namespace

std::string manualPage() {
    std::string out = ".\\\" Written from the command table; tst_command_line compares.\n"
                      ".TH LECTERN 1 \"\" \"Lectern\" \"User Commands\"\n"
                      ".SH NAME\nlectern \\- the auditable reader of repositories and PDFs\n"
                      ".SH SYNOPSIS\n.B lectern\n[\\fICOMMON\\fR] \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIPATH\\fR…]\n"
                      ".SH DESCRIPTION\n"
                      "Lectern reads what it is pointed at, all of it, and answers with proof: every file is read, left out by a named rule "
                      "or listed as unread, and every quotation is cut from the text by code. It works without a model.\n"
                      ".PP\n\\fIPATH\\fR is a folder, a file, a PDF or \\fIREPO@REV\\fR; without one, \\fB\\-\\-session\\fR supplies the corpus of its latest run.\n"
                      ".SH COMMON OPTIONS\n" +
                      options(commonOptions()) + ".SH WHAT TO READ\nFor the commands marked with a diamond.\n" + options(corpusOptions()) + ".SH COMMANDS\n";
    for (const Command* command : commandTable()) {
        out += ".SS " + roff(command->name) + (command->corpus ? " ◆ " : " ") + roff(command->positional) + "\n" + roff(command->summary) + ".\n" +
               options(command->options) + ".PP\nExit code 1 means: " + roff(command->codeOne) + ".\n";
    }
    out += ".SH EXIT STATUS\n"
           ".TP\n0\nclean\n.TP\n1\nfindings: something to look at, see each command\n.TP\n2\nusage: bad option, missing path, unwritable output, consent missing\n"
           ".TP\n3\nincomplete coverage\n.TP\n4\nbudget, money or minutes, reached\n.TP\n5\nengine: would not load, refused, broke off after retries\n"
           ".TP\n130\ninterrupted; what was done is kept\n"
           ".PP\nSeveral can hold; the program ends with the first of 2, 5, 4, 3, 1, 0, and the JSON lists all.\n"
           ".SH FILES\n.TP\n~/.config/lectern/settings.json\nsettings and saved endpoints, never a key\n"
           ".TP\n~/.local/share/lectern/\nsessions (NAME.lectern) and the user's price table\n"
           ".SH ENVIRONMENT\n.TP\n.B LECTERN_RESOURCES\nwhere the program's data lies, if not where it was installed\n"
           ".TP\n.B XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME\nas usual\n";
    return out;
}

std::string bashCompletion() {
    std::vector<std::string> names;
    for (const Command* command : commandTable())
        names.push_back(command->name);
    std::string out = "# Written from the command table; tst_command_line compares.\n"
                      "_lectern() {\n"
                      "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word\n"
                      "    local commands=\"" + words(names) + "\"\n"
                      "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                      "        [[ \" $commands \" == *\" $word \"* ]] && { command=$word; break; }\n"
                      "    done\n"
                      "    COMPREPLY=()\n"
                      "    case \"$command $previous\" in\n";
    const auto choices = [&](const std::string& pattern, const Option& option) {
        if (!option.choices.empty())
            out += "        " + pattern + ") COMPREPLY=($(compgen -W \"" + words(option.choices) + "\" -- \"$current\")); return ;;\n";
    };
    for (const Command* command : commandTable())
        for (const Option& option : command->options)
            choices("\"" + command->name + " --" + option.name + "\"", option);
    for (const std::vector<Option>* shared : {&corpusOptions(), &commonOptions()})
        for (const Option& option : *shared)
            choices("*\" --" + option.name + "\"", option);
    for (const Command* command : commandTable())
        if (!command->actions.empty())
            out += "        \"" + command->name + " " + command->name + "\") COMPREPLY=($(compgen -W \"" + words(command->actions) + "\" -- \"$current\")); return ;;\n";
    out += "    esac\n"
           "    if [[ $current == -* ]]; then\n"
           "        case $command in\n";
    for (const Command* command : commandTable())
        out += "            " + command->name + ") COMPREPLY=($(compgen -W \"" + dashed(optionsOf(*command)) + "\" -- \"$current\")) ;;\n";
    out += "            *) COMPREPLY=($(compgen -W \"" + dashed(commonOptions()) + "\" -- \"$current\")) ;;\n"
           "        esac\n"
           "    elif [[ -z $command ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
           "    else\n"
           "        compopt -o filenames 2>/dev/null\n"
           "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
           "    fi\n"
           "}\n"
           "complete -F _lectern lectern\n";
    return out;
}

} // namespace app::cli
