// Which findings are shown, in which order, under which headings. A list over a FindingsModel built for 100,000 rows: a
// change of the question rebuilds it as a whole in milliseconds instead of moving rows. Main thread.
#pragma once

#include "ui/models/findings_model.h"

#include <QAbstractListModel>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace ui {

enum class Grouping : std::uint8_t { None, Severity, File, Folder, Rule };

struct FindingsQuery {
    std::string state = "open"; // the tab
    QString text;
    std::array<bool, 5> severities{true, true, true, true, true};
    std::string kind, folder; // empty: all
    Grouping grouping = Grouping::None;
};

class FindingsFilter : public QAbstractListModel {
    Q_OBJECT
public:
    explicit FindingsFilter(FindingsModel& source, QObject* parent = nullptr);

    void setQuery(const FindingsQuery& query);
    const FindingsQuery& query() const { return m_query; }
    void refresh();
    int sourceRow(int row) const; // -1: a heading
    int rowOf(int sourceRow) const;
    int count(const std::string& state) const; // findings in that tab under the other filters
    std::vector<std::string> kinds() const, folders() const; // what can be chosen

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void countsChanged();

private:
    bool matches(int source, const std::string& needle) const;
    std::string keyOf(int source) const;
    void inserted(int first, int last);
    FindingsModel& m_source;
    FindingsQuery m_query;
    std::vector<int> m_rows;            // source row, or -1 - group
    std::vector<std::string> m_groups;
    std::vector<int> m_groupSizes;
    std::map<std::string, int> m_counts;
};

} // namespace ui
