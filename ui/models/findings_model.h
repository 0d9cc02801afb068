// The findings of a report as rows: translates, never computes. Holds the report itself, so 100,000 rows cost a pointer
// each; what triage changes lies over it until the next report. Main thread. Source: product.md 5 (Findings).
#pragma once

#include "app/report/report.h"
#include "app/report/triage.h"

#include <QAbstractListModel>

#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ui {

class FindingsModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole + 1, SeverityRole, SeverityWordRole, StateRole, PlaceRole, RuleRole, VotesRole, SinceRole, GeneratedRole, AcceptedRole, HeaderRole };
    explicit FindingsModel(QObject* parent = nullptr);

    void setReport(std::shared_ptr<const app::Report> report);
    const std::shared_ptr<const app::Report>& report() const { return m_report; }
    // The same findings in a report that carries their new states; rows stay.
    void follow(std::shared_ptr<const app::Report> report);
    void append(const app::Finding& finding); // while a run goes on
    // Lays states over the report's: from => to; undone with the was-values.
    void apply(const std::vector<app::TriageChange>& changes, bool back);

    const app::Finding& finding(int row) const { return *m_rows[std::size_t(row)]; }
    const std::string& state(int row) const;
    const std::string& stateReason(int row) const;
    int rowOf(const std::string& id) const; // -1: none
    static const app::Evidence* site(const app::Finding& finding);
    // What the text filter looks through: title, id, rule and place in lower case.
    std::string_view haystack(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    struct Over {
        std::string state, reason;
    };
    std::shared_ptr<const app::Report> m_report;
    std::deque<app::Finding> m_streamed;
    std::vector<const app::Finding*> m_rows;
    std::unordered_map<int, Over> m_over;
    mutable std::unordered_map<std::string, int> m_byId;
    mutable std::vector<std::string> m_haystacks;
};

} // namespace ui
