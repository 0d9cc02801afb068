// Ignore files with git's meaning (gitignore(5)): nested, negated, anchored, folders only; the last match wins, deeper
// files win over shallower ones. The caller walks: enter() a folder with its rule text, leave() it again. A folder that
// is ignored ignores all below it; the walk keeps that verdict itself. The rule text is hostile. One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

class IgnoreRules {
public:
    struct Verdict {
        bool ignored = false; // false: a negated pattern asked for it
        std::string rule;     // "src/.gitignore:3: *.o"
    };

    // `folder` is where the file lies, relative to the root of all paths ("" or "src/lib"); `file` names it in rules.
    void enter(std::string_view folder, std::string_view file, std::string_view text);
    // Takes back the newest enter().
    void leave();

    // The last pattern that matches the path, nothing where none does. Only this path is asked, not its parents.
    std::optional<Verdict> match(std::string_view path, bool isFolder) const;

    // Does any file entered ask for something with '!'?
    bool hasNegated() const;

private:
    enum class Shape : unsigned char { Name, NameEnd, NameGlob, Path, PathGlob };
    struct Pattern {
        std::string text; // as matched: without '!', leading and trailing slash
        std::string shown;
        int line = 0;
        Shape shape = Shape::Name;
        bool negated = false, folderOnly = false;
    };
    struct File {
        std::string folder, name;
        std::vector<Pattern> patterns;
    };
    static std::optional<Pattern> parse(std::string_view line);
    static bool matches(const Pattern& pattern, std::string_view path, std::string_view name);

    std::vector<File> m_files;
};

} // namespace ingest
