// Every listed file of a corpus as a tree of folders: tokens, state, and what marks it (findings, warnings).
// Built in one pass over the sorted manifest, so that 50,000 files take milliseconds; a filter builds it anew
// with the matching files and their folders. Holds the Intake it shows. Main thread. Source: product.md 5
// (CORPUS).
#pragma once

#include "app/intake.h"
#include "app/report/report.h"

#include <QAbstractItemModel>

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ui {

struct CorpusFilter {
    QString words;       // in the path, whatever the case
    QString state;       // as in the ledger; empty = all
    bool marked = false; // only files with findings or warnings
};

class CorpusModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, Tokens, State, Marks, Columns };
    enum Role { PathRole = Qt::UserRole, FolderRole, ReadRole }; // ReadRole: a document that can be shown

    explicit CorpusModel(QObject* parent = nullptr);

    void setIntake(std::shared_ptr<const app::Intake> intake);
    void setReport(const app::Report* report); // its findings are marked; nullptr: none. Copied, not kept.
    void setFilter(const CorpusFilter& filter);
    const CorpusFilter& filter() const { return m_filter; }
    int fileCount() const { return m_files; } // under the filter
    QModelIndex indexOf(const QString& path, int column = Name) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return Columns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node {
        std::string_view name; // of the manifest's path
        int parent = -1, row = 0;
        int file = -1; // row of the manifest; -1: a folder
        std::int64_t tokens = 0;
        int files = 0, findings = 0, worst = -1, warnings = 0;
        std::vector<int> children;
    };
    struct Mark {
        int findings = 0, worst = -1, warnings = 0;
    };
    void rebuild();
    bool matches(const app::ManifestRow& row) const;
    QString pathOf(int node) const;
    QString stateOf(const Node& node) const;
    QString marksOf(const Node& node, bool words) const;

    std::shared_ptr<const app::Intake> m_intake;
    std::vector<int> m_order; // rows of the manifest by path, so folder by folder
    std::unordered_map<std::string, Mark> m_findings, m_warnings;
    CorpusFilter m_filter;
    std::vector<Node> m_nodes; // the first is the root, which is not shown
    int m_files = 0;
};

// "in_context" as a word and a shape, in the user's language.
QString coverageWord(const std::string& state);
QChar coverageShape(const std::string& state);

} // namespace ui
