// Blame from the newest commit backwards: every commit hands the lines it shares with a parent to that parent and keeps
// the rest. Where a parent has the very same blob, nothing is compared at all, which is why this is fast.
#include "ingest/git_walk.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ingest {

namespace {

constexpr std::uint64_t largestToBlame = 32 << 20; // bytes

// `count` lines that are line `final` of the blamed file and line `here` of the file in some commit; from 0.
struct Lines {
    int final, here, count;
};

struct Suspect {
    git_time_t time;
    git_oid commit;
    std::string path;
    bool operator<(const Suspect& other) const {
        if (time != other.time)
            return time > other.time; // newest first
        const int order = git_oid_cmp(&commit, &other.commit);
        return order != 0 ? order < 0 : path < other.path;
    }
};

struct Hunk {
    int oldLine, oldCount, newLine, newCount; // from 0
};

// How many bytes at both ends are whole lines that the two have in common: most changes are small and in one place.
std::pair<std::size_t, std::size_t> commonEnds(std::string_view a, std::string_view b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t front = static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(shorter), b.begin()).first - a.begin());
    const auto newline = front == 0 ? std::string_view::npos : a.rfind('\n', front - 1);
    front = newline == std::string_view::npos ? 0 : newline + 1;
    std::size_t back = static_cast<std::size_t>(
        std::mismatch(a.rbegin(), a.rbegin() + static_cast<std::ptrdiff_t>(shorter - front), b.rbegin()).first - a.rbegin());
    // The first of these bytes must begin a line in both.
    const auto first = a.find('\n', a.size() - back);
    back = first == std::string_view::npos ? 0 : a.size() - first - 1;
    return {front, back};
}

std::vector<Hunk> hunksBetween(std::string_view before, std::string_view after) {
    std::vector<Hunk> hunks;
    const auto [front, back] = commonEnds(before, after);
    const int skipped = static_cast<int>(std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(front), '\n'));
    before = before.substr(front, before.size() - front - back);
    after = after.substr(front, after.size() - front - back);
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.context_lines = 0;
    options.interhunk_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT;
    const auto onHunk = [](const git_diff_delta*, const git_diff_hunk* hunk, void* to) {
        // An empty side names the line before it.
        static_cast<std::vector<Hunk>*>(to)->push_back({hunk->old_lines ? hunk->old_start - 1 : hunk->old_start, hunk->old_lines,
                                                        hunk->new_lines ? hunk->new_start - 1 : hunk->new_start, hunk->new_lines});
        return 0;
    };
    if (git_diff_buffers(before.data(), before.size(), nullptr, after.data(), after.size(), nullptr, &options, nullptr, nullptr, +onHunk,
                         nullptr, &hunks) != 0)
        throw std::runtime_error("two versions of a file cannot be compared: " + gitProblem());
    for (Hunk& hunk : hunks)
        hunk.oldLine += skipped, hunk.newLine += skipped;
    return hunks;
}

// Splits lines of the newer file into those the older one has (with their place there) and the others.
void split(const std::vector<Lines>& lines, const std::vector<Hunk>& hunks, std::vector<Lines>& shared, std::vector<Lines>& own) {
    for (Lines range : lines) {
        int shift = 0; // older place minus newer place, between hunks
        auto hunk = hunks.begin();
        while (range.count > 0) {
            while (hunk != hunks.end() && hunk->newLine + hunk->newCount <= range.here) {
                shift = hunk->oldLine + hunk->oldCount - (hunk->newLine + hunk->newCount);
                ++hunk;
            }
            const bool inside = hunk != hunks.end() && hunk->newLine <= range.here;
            const int until = hunk == hunks.end() ? range.here + range.count : inside ? hunk->newLine + hunk->newCount : hunk->newLine;
            const int count = std::min(range.count, until - range.here);
            if (inside)
                own.push_back({range.final, range.here, count});
            else
                shared.push_back({range.final, range.here + shift, count});
            range.final += count, range.here += count, range.count -= count;
        }
    }
}

int lineCountOf(const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n')) + (!text.empty() && text.back() != '\n');
}

class Blame {
public:
    Blame(const History::Data& data, std::stop_token stop) : m_data(data), m_stop(std::move(stop)) {}

    std::vector<BlamedLines> run(const git_oid& start, const std::string& path, int first, int last) {
        const CommitHandle commit = m_data.commit(start);
        const auto blob = m_data.blobAt(m_data.tree(commit.get()).get(), path);
        if (!blob)
            throw std::runtime_error("the revision " + hexOf(start).substr(0, 12) + " has no file " + path + ": check the path");
        const int count = lineCountOf(m_data.blob(*blob, largestToBlame));
        first = std::max(first, 1);
        last = last <= 0 ? count : std::min(last, count);
        if (first <= last)
            m_suspects[{git_commit_time(commit.get()), start, path}] = {{first - 1, first - 1, last - first + 1}};
        while (!m_suspects.empty()) {
            auto next = m_suspects.extract(m_suspects.begin());
            if (m_stop.stop_requested())
                conclude(next.key(), next.mapped(), true);
            else
                examine(next.key(), std::move(next.mapped()));
        }
        std::sort(m_result.begin(), m_result.end(), [](const BlamedLines& a, const BlamedLines& b) { return a.line < b.line; });
        return joined();
    }

private:
    void examine(const Suspect& suspect, std::vector<Lines> lines) {
        const CommitHandle commit = m_data.commit(suspect.commit);
        const TreeHandle tree = m_data.tree(commit.get());
        const auto blob = m_data.blobAt(tree.get(), suspect.path);
        const bool boundary = m_data.shallow.contains(suspect.commit);
        struct Parent {
            Suspect suspect;
            std::optional<git_oid> blob;
        };
        std::vector<Parent> parents;
        for (const git_oid& id : m_data.parents(commit.get())) {
            const CommitHandle parent = m_data.commit(id);
            const TreeHandle before = m_data.tree(parent.get());
            Parent one{{git_commit_time(parent.get()), id, suspect.path}, m_data.blobAt(before.get(), suspect.path)};
            if (!one.blob)
                one.blob = renamedFrom(before.get(), tree.get(), one.suspect.path);
            if (one.blob && git_oid_equal(&*one.blob, &*blob))
                return hand(one.suspect, lines);
            parents.push_back(std::move(one));
        }
        const auto after = text(*blob);
        for (const Parent& parent : parents) {
            if (!parent.blob || lines.empty())
                continue;
            std::vector<Lines> shared, own;
            split(lines, hunksBetween(*text(*parent.blob), *after), shared, own);
            hand(parent.suspect, shared);
            lines = std::move(own);
        }
        conclude(suspect, lines, boundary);
    }

    // The older side of one comparison is the newer side of the next.
    std::shared_ptr<const std::string> text(const git_oid& id) {
        for (const auto& [known, bytes] : m_texts)
            if (git_oid_equal(&known, &id))
                return bytes;
        if (m_texts.size() >= 8)
            m_texts.erase(m_texts.begin());
        m_texts.emplace_back(id, std::make_shared<const std::string>(m_data.blob(id, largestToBlame)));
        return m_texts.back().second;
    }

    std::optional<git_oid> renamedFrom(git_tree* before, git_tree* after, std::string& path) {
        const DiffHandle diff = m_data.diff(before, after, true);
        for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
            const git_diff_delta* const delta = git_diff_get_delta(diff.get(), i);
            if (delta->status == GIT_DELTA_RENAMED && path == delta->new_file.path) {
                path = delta->old_file.path;
                return delta->old_file.id;
            }
        }
        return std::nullopt;
    }

    void hand(const Suspect& parent, const std::vector<Lines>& lines) {
        if (lines.empty())
            return;
        auto& all = m_suspects[parent];
        all.insert(all.end(), lines.begin(), lines.end());
    }

    void conclude(const Suspect& suspect, const std::vector<Lines>& lines, bool boundary) {
        for (const Lines& range : lines)
            m_result.push_back({range.final + 1, range.count, hexOf(suspect.commit), suspect.path, range.here + 1, boundary});
    }

    std::vector<BlamedLines> joined() const {
        std::vector<BlamedLines> all;
        for (const BlamedLines& one : m_result) {
            if (!all.empty()) {
                BlamedLines& last = all.back();
                if (last.line + last.count == one.line && last.originalLine + last.count == one.originalLine && last.commit == one.commit
                    && last.path == one.path) {
                    last.count += one.count;
                    continue;
                }
            }
            all.push_back(one);
        }
        return all;
    }

    const History::Data& m_data;
    std::stop_token m_stop;
    std::map<Suspect, std::vector<Lines>> m_suspects;
    std::vector<BlamedLines> m_result;
    std::vector<std::pair<git_oid, std::shared_ptr<const std::string>>> m_texts;
};

} // namespace

std::vector<BlamedLines> History::blame(const std::string& revision, const std::string& path, int firstLine, int lastLine,
                                        std::stop_token stop) const {
    return Blame(*m_data, std::move(stop)).run(oidOf(resolve(revision)), path, firstLine, lastLine);
}

} // namespace ingest
