#include "ingest/git_history.h"

#include "ingest/git_walk.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace ingest {

namespace {

constexpr std::size_t volatilityCommits = 200;
constexpr std::uint64_t largestToDiff = 32 << 20; // bytes of one side

Commit valueOf(const History::Data& data, git_commit* commit) {
    Commit value;
    value.id = hexOf(*git_commit_id(commit));
    for (const git_oid& parent : data.parents(commit))
        value.parents.push_back(hexOf(parent));
    if (const git_signature* const author = git_commit_author(commit)) {
        value.author = author->name ? author->name : "";
        value.email = author->email ? author->email : "";
        value.time = author->when.time;
    }
    if (const char* const message = git_commit_message(commit))
        value.message = message;
    value.subject = value.message.substr(0, value.message.find('\n'));
    return value;
}

ChangedFile valueOf(const git_diff_delta& delta) {
    ChangedFile file;
    file.path = delta.new_file.path;
    file.oldPath = delta.old_file.path;
    file.similarity = 100;
    switch (delta.status) {
    case GIT_DELTA_ADDED: file.kind = ChangedFile::Kind::Added; break;
    case GIT_DELTA_DELETED: file.kind = ChangedFile::Kind::Deleted; break;
    case GIT_DELTA_RENAMED:
        file.kind = ChangedFile::Kind::Renamed;
        file.similarity = delta.similarity;
        break;
    default: file.kind = ChangedFile::Kind::Modified;
    }
    return file;
}

bool touches(const History::Data& data, git_commit* commit, std::string& path) {
    // A merge that took the file as one of its parents had it changed nothing.
    const TreeHandle tree = data.tree(commit);
    const auto blob = data.blobAt(tree.get(), path);
    const auto parents = data.parents(commit);
    if (parents.empty())
        return blob.has_value();
    std::vector<TreeHandle> trees;
    for (const git_oid& parent : parents) {
        trees.push_back(data.tree(data.commit(parent).get()));
        const auto before = data.blobAt(trees.back().get(), path);
        if (before.has_value() == blob.has_value() && (!blob || git_oid_equal(&*before, &*blob)))
            return false;
    }
    if (!blob || data.blobAt(trees[0].get(), path))
        return true;
    // New here: under another name before?
    const DiffHandle diff = data.diff(trees[0].get(), tree.get(), true);
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const git_diff_delta* const delta = git_diff_get_delta(diff.get(), i);
        if (delta->status == GIT_DELTA_RENAMED && path == delta->new_file.path) {
            path = delta->old_file.path;
            break;
        }
    }
    return true;
}

std::pair<std::string, std::string> splitRange(const std::string& text) {
    const auto dots = text.find("..");
    if (dots == std::string::npos)
        throw std::runtime_error(text + " is no range of commits: write A..B");
    const std::size_t length = text.compare(dots, 3, "...") == 0 ? 3 : 2;
    std::pair<std::string, std::string> ends{text.substr(0, dots), text.substr(dots + length)};
    for (std::string* end : {&ends.first, &ends.second})
        if (end->empty())
            *end = "HEAD";
    return ends;
}

} // namespace

History::History(const GitLayout& layout) : m_data(std::make_unique<Data>()) {
    m_data->layout = layout;
    m_data->repository = openRepository(layout);
    for (const std::string& id : layout.shallow) {
        git_oid oid;
        if (git_oid_fromstr(&oid, id.c_str()) == 0)
            m_data->shallow.insert(oid);
    }
}

std::unique_ptr<History> History::open(const std::string& folder) {
    const auto layout = findRepository(folder);
    if (!layout)
        throw std::runtime_error(folder + " is in no git repository, so it has no history: give a repository");
    return std::make_unique<History>(*layout);
}

History::~History() = default;

std::string History::resolve(const std::string& revision) const {
    return resolveRevision(m_data->repository.get(), revision);
}

Commit History::commit(const std::string& id) const {
    const CommitHandle commit = m_data->commit(oidOf(id));
    return valueOf(*m_data, commit.get());
}

std::vector<Commit> History::log(const std::string& revision, const std::string& path, std::size_t limit, std::stop_token stop) const {
    std::vector<Commit> commits;
    CommitWalk walk(*m_data, oidOf(resolve(revision)));
    std::string name = path;
    while (commits.size() < limit && !stop.stop_requested()) {
        const CommitHandle commit = walk.next();
        if (!commit)
            break;
        if (path.empty() || touches(*m_data, commit.get(), name))
            commits.push_back(valueOf(*m_data, commit.get()));
    }
    return commits;
}

std::vector<ChangedFile> History::changes(const std::string& from, const std::string& to) const {
    const TreeHandle before = from.empty() ? nullptr : m_data->treeOfRevision(from);
    const TreeHandle after = m_data->treeOfRevision(to);
    const DiffHandle diff = m_data->diff(before.get(), after.get(), true);
    std::vector<ChangedFile> files;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
        files.push_back(valueOf(*git_diff_get_delta(diff.get(), i)));
    std::sort(files.begin(), files.end(), [](const ChangedFile& a, const ChangedFile& b) { return a.path < b.path; });
    return files;
}

std::string History::diff(const std::string& from, const std::string& to, const std::string& path, const std::string& oldPath, int context) const {
    const auto side = [&](const std::string& revision, const std::string& name) {
        const TreeHandle tree = m_data->treeOfRevision(revision);
        const auto blob = m_data->blobAt(tree.get(), name);
        return blob ? m_data->blob(*blob, largestToDiff) : std::string();
    };
    const std::string before = oldPath.empty() ? path : oldPath;
    return diffTexts(side(from, before), side(to, path), before, path, context);
}

std::string History::diffToText(const std::string& from, const std::string& path, std::string_view text, int context) const {
    const TreeHandle tree = m_data->treeOfRevision(from);
    const auto blob = m_data->blobAt(tree.get(), path);
    return diffTexts(blob ? m_data->blob(*blob, largestToDiff) : std::string(), text, path, path, context);
}

std::string History::content(const std::string& revision, const std::string& path, std::uint64_t limit) const {
    const TreeHandle tree = m_data->treeOfRevision(revision);
    const auto blob = m_data->blobAt(tree.get(), path);
    if (!blob)
        throw std::runtime_error("the revision " + revision + " has no file " + path + ": check the path");
    return m_data->blob(*blob, limit);
}

bool History::isAncestor(const std::string& ancestor, const std::string& descendant, std::stop_token stop) const {
    return m_data->ancestors(oidOf(resolve(descendant)), stop).contains(oidOf(resolve(ancestor)));
}

std::string History::mergeBase(const std::string& a, const std::string& b, std::stop_token stop) const {
    const OidSet ofA = m_data->ancestors(oidOf(resolve(a)), stop);
    // The first common commits on each way down from b; what lies behind another of them is no best one.
    std::vector<git_oid> pending{oidOf(resolve(b))}, common;
    OidSet seen{pending[0]};
    while (!pending.empty() && !stop.stop_requested()) {
        const git_oid id = pending.back();
        pending.pop_back();
        if (ofA.contains(id)) {
            common.push_back(id);
            continue;
        }
        for (const git_oid& parent : m_data->parents(m_data->commit(id).get()))
            if (seen.insert(parent).second)
                pending.push_back(parent);
    }
    std::vector<git_oid> best;
    for (const git_oid& one : common)
        if (std::none_of(common.begin(), common.end(), [&](const git_oid& other) {
                return !git_oid_equal(&one, &other) && m_data->ancestors(other, stop).contains(one);
            }))
            best.push_back(one);
    if (best.empty())
        return {};
    // Of several equally good ones the newest, then the smallest id: always the same.
    std::sort(best.begin(), best.end(), [&](const git_oid& x, const git_oid& y) {
        const auto timeX = git_commit_time(m_data->commit(x).get()), timeY = git_commit_time(m_data->commit(y).get());
        return timeX != timeY ? timeX > timeY : git_oid_cmp(&x, &y) < 0;
    });
    return hexOf(best.front());
}

CommitRange History::range(const std::string& text, std::stop_token stop) const {
    const auto ends = splitRange(text);
    CommitRange range;
    range.from = resolve(ends.first);
    range.to = resolve(ends.second);
    range.base = mergeBase(range.from, range.to, stop);
    range.descends = range.base == range.from;
    const OidSet known = m_data->ancestors(oidOf(range.from), stop);
    CommitWalk walk(*m_data, oidOf(range.to));
    while (!stop.stop_requested()) {
        const CommitHandle commit = walk.next();
        if (!commit)
            break;
        if (!known.contains(*git_commit_id(commit.get())))
            range.commits.push_back(hexOf(*git_commit_id(commit.get())));
    }
    range.files = changes(range.base.empty() ? range.from : range.base, range.to);
    return range;
}

std::vector<std::pair<std::string, double>> History::volatility(const std::string& revision, std::stop_token stop) const {
    std::map<std::string, double> weights;
    const git_oid start = oidOf(resolve(revision));
    git_commit* probe = nullptr;
    if (git_commit_lookup(&probe, m_data->repository.get(), &start) != 0)
        return {}; // a tree without a commit
    git_commit_free(probe);
    CommitWalk walk(*m_data, start);
    for (std::size_t counted = 0; counted < volatilityCommits && !stop.stop_requested();) {
        const CommitHandle commit = walk.next();
        if (!commit)
            break;
        const auto parents = m_data->parents(commit.get());
        // Where history begins, everything looks new; that says nothing about change.
        if (parents.size() != 1)
            continue;
        const TreeHandle before = m_data->tree(m_data->commit(parents[0]).get());
        const TreeHandle after = m_data->tree(commit.get());
        const DiffHandle diff = m_data->diff(before.get(), after.get(), false);
        const double weight = 1.0 - static_cast<double>(counted) / volatilityCommits;
        for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
            weights[git_diff_get_delta(diff.get(), i)->new_file.path] += weight;
        ++counted;
    }
    return {weights.begin(), weights.end()};
}

std::string diffTexts(std::string_view from, std::string_view to, const std::string& oldPath, const std::string& path, int context) {
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.context_lines = static_cast<std::uint32_t>(std::max(context, 0));
    git_patch* patch = nullptr;
    // From buffers, so that no attribute file of the repository has a say.
    if (git_patch_from_buffers(&patch, from.data(), from.size(), oldPath.c_str(), to.data(), to.size(), path.c_str(), &options) != 0)
        throw std::runtime_error("two versions of " + path + " cannot be compared: " + gitProblem());
    const std::unique_ptr<git_patch, Freed<git_patch_free>> owned(patch);
    if (git_patch_num_hunks(patch) == 0 && !(git_patch_get_delta(patch)->flags & GIT_DIFF_FLAG_BINARY))
        return {};
    git_buf buffer = GIT_BUF_INIT;
    if (git_patch_to_buf(&buffer, patch) != 0)
        throw std::runtime_error("the difference of " + path + " cannot be written: " + gitProblem());
    std::string text(buffer.ptr, buffer.size);
    git_buf_dispose(&buffer);
    return text;
}

} // namespace ingest
