#include "ingest/ignore_rules.h"

#include "ingest/glob.h"

namespace ingest {

namespace {

bool hasWildcard(std::string_view text) {
    return text.find_first_of("*?[\\") != std::string_view::npos;
}

// Spaces at the end of a line do not count unless a backslash protects them.
std::string_view withoutTrailingSpaces(std::string_view line) {
    std::size_t keep = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size())
            keep = ++i + 1;
        else if (line[i] != ' ')
            keep = i + 1;
    }
    return line.substr(0, keep);
}

} // namespace

std::optional<IgnoreRules::Pattern> IgnoreRules::parse(std::string_view line) {
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    if (line.empty() || line[0] == '#')
        return std::nullopt;
    line = withoutTrailingSpaces(line);
    Pattern pattern;
    pattern.shown = line.substr(0, 200);
    if (line.starts_with('!')) {
        pattern.negated = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        pattern.folderOnly = true;
        line.remove_suffix(1);
    }
    const bool isPath = line.find('/') != std::string_view::npos;
    if (line.starts_with('/'))
        line.remove_prefix(1);
    if (line.empty() && !isPath)
        return std::nullopt;
    pattern.text = line;
    if (isPath)
        pattern.shape = hasWildcard(line) ? Shape::PathGlob : Shape::Path;
    else if (!hasWildcard(line))
        pattern.shape = Shape::Name;
    else if (line.starts_with('*') && !hasWildcard(line.substr(1))) {
        pattern.shape = Shape::NameEnd;
        pattern.text = line.substr(1);
    } else
        pattern.shape = Shape::NameGlob;
    return pattern;
}

void IgnoreRules::enter(std::string_view folder, std::string_view file, std::string_view text) {
    File rules{std::string(folder), std::string(file), {}};
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    int number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        std::size_t end = text.find('\n', begin);
        end = end == std::string_view::npos ? text.size() : end;
        if (auto pattern = parse(text.substr(begin, end - begin))) {
            pattern->line = number;
            rules.patterns.push_back(std::move(*pattern));
        }
        begin = end + 1;
    }
    m_files.push_back(std::move(rules));
}

void IgnoreRules::leave() {
    m_files.pop_back();
}

bool IgnoreRules::hasNegated() const {
    for (const File& file : m_files)
        for (const Pattern& pattern : file.patterns)
            if (pattern.negated)
                return true;
    return false;
}

bool IgnoreRules::matches(const Pattern& pattern, std::string_view path, std::string_view name) {
    switch (pattern.shape) {
    case Shape::Name: return name == pattern.text;
    case Shape::NameEnd: return name.ends_with(pattern.text);
    case Shape::NameGlob: return wildMatch(pattern.text, name);
    case Shape::Path: return path == pattern.text;
    case Shape::PathGlob: {
        // git compares the part before the first wildcard by itself and matches only the rest: in "a**/b" the stars then
        // open a pattern and cross slashes. Deciding otherwise would be neater and list other files than git does.
        const auto wild = pattern.text.find_first_of("*?[\\");
        return path.starts_with(std::string_view(pattern.text).substr(0, wild))
               && wildMatch(std::string_view(pattern.text).substr(wild), path.substr(wild));
    }
    }
    return false;
}

std::optional<IgnoreRules::Verdict> IgnoreRules::match(std::string_view path, bool isFolder) const {
    const auto slash = path.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    for (auto file = m_files.rbegin(); file != m_files.rend(); ++file) {
        std::string_view below = path;
        if (!file->folder.empty()) {
            if (path.size() <= file->folder.size() || !path.starts_with(file->folder) || path[file->folder.size()] != '/')
                continue;
            below = path.substr(file->folder.size() + 1);
        }
        for (auto pattern = file->patterns.rbegin(); pattern != file->patterns.rend(); ++pattern)
            if (!(pattern->folderOnly && !isFolder) && matches(*pattern, below, name))
                return Verdict{!pattern->negated, file->name + ":" + std::to_string(pattern->line) + ": " + pattern->shown};
    }
    return std::nullopt;
}

} // namespace ingest
