#include "ui/models/findings_filter.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QGuiApplication>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace ui {

namespace {

std::string folderOf(const app::Finding& finding) {
    const app::Evidence* site = FindingsModel::site(finding);
    const auto slash = site ? site->file.rfind('/') : std::string::npos;
    return slash == std::string::npos ? std::string("/") : site->file.substr(0, slash);
}

} // namespace

FindingsFilter::FindingsFilter(FindingsModel& source, QObject* parent) : QAbstractListModel(parent), m_source(source) {
    connect(&source, &QAbstractItemModel::modelReset, this, &FindingsFilter::refresh);
    connect(&source, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex&, int first, int last) { inserted(first, last); });
    connect(&source, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& from, const QModelIndex& to) {
        for (int row = from.row(); row <= to.row(); ++row)
            if (const int mine = rowOf(row); mine >= 0)
                emit dataChanged(index(mine), index(mine));
    });
    refresh();
}

void FindingsFilter::setQuery(const FindingsQuery& query) {
    m_query = query;
    refresh();
}

bool FindingsFilter::matches(int source, const std::string& needle) const {
    const app::Finding& finding = m_source.finding(source);
    if (!m_query.severities[std::size_t(finding.severity)] || (!m_query.kind.empty() && finding.kind != m_query.kind))
        return false;
    if (!m_query.folder.empty()) {
        const app::Evidence* site = FindingsModel::site(finding);
        if (!site || !(site->file.starts_with(m_query.folder) && site->file.size() > m_query.folder.size() && site->file[m_query.folder.size()] == '/'))
            return false;
    }
    return needle.empty() || m_source.haystack(source).find(needle) != std::string_view::npos;
}

std::string FindingsFilter::keyOf(int source) const {
    const app::Finding& finding = m_source.finding(source);
    const app::Evidence* site = FindingsModel::site(finding);
    switch (m_query.grouping) {
    case Grouping::Severity:
        return std::to_string(4 - int(finding.severity));
    case Grouping::File:
        return site ? site->file : std::string();
    case Grouping::Folder:
        return folderOf(finding);
    case Grouping::Rule:
        return finding.rule;
    case Grouping::None:
        break;
    }
    return {};
}

void FindingsFilter::refresh() {
    beginResetModel();
    m_rows.clear();
    m_groups.clear();
    m_groupSizes.clear();
    m_counts.clear();
    const std::string needle = m_query.text.toLower().toStdString();
    std::unordered_map<std::string, int> counts;
    for (int row = 0; row < m_source.rowCount(); ++row)
        if (matches(row, needle)) {
            const std::string& state = m_source.state(row);
            ++counts[state];
            if (state == m_query.state)
                m_rows.push_back(row);
        }
    m_counts.insert(counts.begin(), counts.end());
    if (m_query.grouping != Grouping::None) {
        // One pass numbers the groups; only the few names are sorted, not the many rows.
        std::map<std::string, std::vector<int>> groups;
        std::unordered_map<std::string, std::vector<int>*> known;
        for (const int row : m_rows) {
            std::string key = keyOf(row);
            auto& slot = known[key];
            if (!slot)
                slot = &groups[key];
            slot->push_back(row);
        }
        m_rows.clear();
        for (const auto& [name, rows] : groups) {
            m_rows.push_back(-1 - int(m_groups.size()));
            m_groups.push_back(name);
            m_groupSizes.push_back(int(rows.size()));
            m_rows.insert(m_rows.end(), rows.begin(), rows.end());
        }
    }
    endResetModel();
    emit countsChanged();
}

void FindingsFilter::inserted(int first, int last) {
    if (m_query.grouping != Grouping::None)
        return refresh();
    const std::string needle = m_query.text.toLower().toStdString();
    for (int row = first; row <= last; ++row) {
        if (!matches(row, needle))
            continue;
        ++m_counts[m_source.state(row)];
        if (m_source.state(row) != m_query.state)
            continue;
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size()));
        m_rows.push_back(row);
        endInsertRows();
    }
    emit countsChanged();
}

int FindingsFilter::sourceRow(int row) const {
    return row >= 0 && row < int(m_rows.size()) && m_rows[std::size_t(row)] >= 0 ? m_rows[std::size_t(row)] : -1;
}

int FindingsFilter::rowOf(int sourceRow) const {
    if (m_query.grouping == Grouping::None) { // ascending
        const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), sourceRow);
        return at != m_rows.end() && *at == sourceRow ? int(at - m_rows.begin()) : -1;
    }
    const auto at = std::find(m_rows.begin(), m_rows.end(), sourceRow);
    return at == m_rows.end() ? -1 : int(at - m_rows.begin());
}

int FindingsFilter::count(const std::string& state) const {
    const auto found = m_counts.find(state);
    return found == m_counts.end() ? 0 : found->second;
}

std::vector<std::string> FindingsFilter::kinds() const {
    std::set<std::string> names;
    for (int row = 0; row < m_source.rowCount(); ++row)
        names.insert(m_source.finding(row).kind);
    return {names.begin(), names.end()};
}

std::vector<std::string> FindingsFilter::folders() const {
    std::set<std::string> names;
    for (int row = 0; row < m_source.rowCount() && names.size() < 500; ++row)
        names.insert(folderOf(m_source.finding(row)));
    names.erase("/");
    return {names.begin(), names.end()};
}

int FindingsFilter::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant FindingsFilter::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = m_rows[std::size_t(index.row())];
    if (row >= 0)
        return m_source.data(m_source.index(row), role);
    const std::size_t group = std::size_t(-1 - row);
    if (role == FindingsModel::HeaderRole)
        return true;
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    const std::string& name = m_groups[group];
    const QString words = m_query.grouping == Grouping::Severity ? styleOf(app::Severity(4 - std::stoi(name)), QGuiApplication::palette()).word
                          : name.empty()                         ? tr("Without a place")
                                                                 : visibleText(name, Breaks::Escape);
    return tr("%1 (%2)").arg(words).arg(m_groupSizes[group]);
}

Qt::ItemFlags FindingsFilter::flags(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= int(m_rows.size()))
        return Qt::NoItemFlags;
    return m_rows[std::size_t(index.row())] >= 0 ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

} // namespace ui
