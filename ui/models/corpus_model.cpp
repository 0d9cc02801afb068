#include "ui/models/corpus_model.h"

#include "ui/text.h"
#include "ui/widgets/mark_style.h"

#include <QCoreApplication>
#include <QGuiApplication>

#include <algorithm>
#include <numeric>

namespace ui {

QString coverageWord(const std::string& state) {
    const auto word = [](const char* text) { return QCoreApplication::translate("ui::Coverage", text); };
    if (state == "in_context") return word(QT_TRANSLATE_NOOP("ui::Coverage", "read"));
    if (state == "structure_only") return word(QT_TRANSLATE_NOOP("ui::Coverage", "signatures only"));
    if (state == "excluded") return word(QT_TRANSLATE_NOOP("ui::Coverage", "left out"));
    if (state == "unreadable") return word(QT_TRANSLATE_NOOP("ui::Coverage", "unreadable"));
    if (state == "over_budget") return word(QT_TRANSLATE_NOOP("ui::Coverage", "over budget"));
    if (state == "withheld") return word(QT_TRANSLATE_NOOP("ui::Coverage", "withheld"));
    if (state == "page_without_text") return word(QT_TRANSLATE_NOOP("ui::Coverage", "page without text"));
    return q(state);
}

QChar coverageShape(const std::string& state) {
    if (state == "in_context") return QChar(0x2713);     // ✓
    if (state == "structure_only") return QChar(0x25d0); // ◐
    if (state == "excluded") return QChar(0x2013);       // –
    if (state == "over_budget") return QChar(0x25b2);    // ▲
    if (state == "withheld") return QChar(0x25c7);       // ◇
    return QChar(0x2715);                                // ✕
}

CorpusModel::CorpusModel(QObject* parent) : QAbstractItemModel(parent), m_nodes(1) {}

void CorpusModel::setIntake(std::shared_ptr<const app::Intake> intake) {
    beginResetModel();
    m_intake = std::move(intake);
    m_order.clear();
    m_warnings.clear();
    if (m_intake) {
        const auto& rows = m_intake->manifest;
        m_order.resize(rows.size());
        std::iota(m_order.begin(), m_order.end(), 0);
        // By path: what begins alike, a folder's files, then stands together.
        const auto less = [&](int a, int b) { return rows[std::size_t(a)].path < rows[std::size_t(b)].path; };
        if (!std::is_sorted(m_order.begin(), m_order.end(), less))
            std::sort(m_order.begin(), m_order.end(), less);
        for (const app::IntakeWarning& warning : m_intake->warnings)
            if (warning.kind != "note")
                ++m_warnings[warning.at.substr(0, warning.at.find_last_of(":#"))].warnings;
    }
    rebuild();
    endResetModel();
}

void CorpusModel::setReport(const app::Report* report) {
    std::unordered_map<std::string, Mark> marks;
    if (report)
        for (const app::Finding& finding : report->findings)
            if (!finding.evidence.empty()) {
                Mark& mark = marks[finding.evidence.front().file];
                ++mark.findings;
                mark.worst = std::max(mark.worst, int(finding.severity));
            }
    beginResetModel();
    m_findings = std::move(marks);
    rebuild();
    endResetModel();
}

void CorpusModel::setFilter(const CorpusFilter& filter) {
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

bool CorpusModel::matches(const app::ManifestRow& row) const {
    if (!m_filter.state.isEmpty() && m_filter.state != QLatin1String(row.state.c_str())) return false;
    if (m_filter.marked && !m_findings.contains(row.path) && !m_warnings.contains(row.path)) return false;
    return m_filter.words.isEmpty() || q(row.path).contains(m_filter.words, Qt::CaseInsensitive);
}

void CorpusModel::rebuild() {
    m_nodes.assign(1, Node{});
    m_nodes.reserve(m_order.size() * 5 / 4 + 16);
    m_files = 0;
    if (!m_intake) return;
    std::vector<std::pair<std::string_view, int>> open{{{}, 0}}; // folders on the way to the current file
    const auto add = [&](int parent, std::string_view name) {
        Node node;
        node.name = name;
        node.parent = parent;
        node.row = int(m_nodes[std::size_t(parent)].children.size());
        const int number = int(m_nodes.size());
        m_nodes.push_back(std::move(node));
        m_nodes[std::size_t(parent)].children.push_back(number);
        return number;
    };
    for (const int at : m_order) {
        const app::ManifestRow& row = m_intake->manifest[std::size_t(at)];
        if (!matches(row)) continue;
        const std::string_view path = row.path;
        while (open.size() > 1 &&
               !(path.size() > open.back().first.size() && path.starts_with(open.back().first) &&
                 path[open.back().first.size()] == '/'))
            open.pop_back();
        for (std::size_t begin = open.size() > 1 ? open.back().first.size() + 1 : 0;;) {
            const std::size_t slash = path.find('/', begin);
            if (slash == std::string_view::npos) {
                const int number = add(open.back().second, path.substr(begin));
                Node& node = m_nodes[std::size_t(number)];
                node.file = at;
                node.tokens = row.tokens;
                node.files = 1;
                if (const auto found = m_findings.empty() ? m_findings.end() : m_findings.find(row.path);
                    found != m_findings.end())
                    node.findings = found->second.findings, node.worst = found->second.worst;
                if (const auto found = m_warnings.empty() ? m_warnings.end() : m_warnings.find(row.path);
                    found != m_warnings.end())
                    node.warnings = found->second.warnings;
                ++m_files;
                break;
            }
            open.emplace_back(path.substr(0, slash),
                              add(open.back().second, path.substr(begin, slash - begin)));
            begin = slash + 1;
        }
    }
    // Children come after their parents: one pass backwards sums the folders.
    for (std::size_t i = m_nodes.size(); i-- > 1;) {
        const Node& node = m_nodes[i];
        Node& parent = m_nodes[std::size_t(node.parent)];
        parent.tokens += node.tokens, parent.files += node.files, parent.findings += node.findings,
            parent.warnings += node.warnings;
        parent.worst = std::max(parent.worst, node.worst);
    }
}

QString CorpusModel::pathOf(int node) const {
    const Node& one = m_nodes[std::size_t(node)];
    if (one.file >= 0) return q(m_intake->manifest[std::size_t(one.file)].path);
    // A folder's path is the beginning of that of its first file.
    int depth = 0, first = node;
    for (int at = node; at > 0; at = m_nodes[std::size_t(at)].parent) ++depth;
    while (m_nodes[std::size_t(first)].file < 0 && !m_nodes[std::size_t(first)].children.empty())
        first = m_nodes[std::size_t(first)].children.front();
    return m_nodes[std::size_t(first)].file < 0
               ? QString()
               : q(m_intake->manifest[std::size_t(m_nodes[std::size_t(first)].file)].path)
                     .section('/', 0, depth - 1);
}

QModelIndex CorpusModel::indexOf(const QString& path, int column) const {
    int at = 0;
    for (const QString& part : path.split('/')) {
        const std::string name = part.toStdString();
        const auto& children = m_nodes[std::size_t(at)].children;
        const auto found = std::find_if(children.begin(), children.end(),
                                        [&](int child) { return m_nodes[std::size_t(child)].name == name; });
        if (found == children.end()) return {};
        at = *found;
    }
    return createIndex(m_nodes[std::size_t(at)].row, column, quintptr(at));
}

QModelIndex CorpusModel::index(int row, int column, const QModelIndex& parent) const {
    const Node& node = m_nodes[parent.isValid() ? parent.internalId() : 0];
    if (row < 0 || row >= int(node.children.size()) || column < 0 || column >= Columns ||
        (parent.isValid() && parent.column() != 0))
        return {};
    return createIndex(row, column, quintptr(node.children[std::size_t(row)]));
}

QModelIndex CorpusModel::parent(const QModelIndex& child) const {
    if (!child.isValid()) return {};
    const int parent = m_nodes[child.internalId()].parent;
    return parent <= 0 ? QModelIndex() : createIndex(m_nodes[std::size_t(parent)].row, 0, quintptr(parent));
}

int CorpusModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() && parent.column() != 0) return 0;
    return int(m_nodes[parent.isValid() ? parent.internalId() : 0].children.size());
}

QString CorpusModel::stateOf(const Node& node) const {
    return node.file < 0 ? tr("%n files", nullptr, node.files)
                         : coverageWord(m_intake->manifest[std::size_t(node.file)].state);
}

QString CorpusModel::marksOf(const Node& node, bool words) const {
    QStringList marks;
    if (node.findings > 0) {
        const MarkStyle style =
            styleOf(app::Severity(std::clamp(node.worst, 0, 4)), QGuiApplication::palette());
        marks << (words ? tr("%n findings, the worst: %1", nullptr, node.findings).arg(style.word)
                        : style.shape + countText(node.findings));
    }
    if (node.warnings > 0)
        marks << (words ? tr("%n warnings", nullptr, node.warnings)
                        : QStringLiteral("!") + countText(node.warnings));
    return marks.join(words ? QStringLiteral("; ") : QStringLiteral(" "));
}

QVariant CorpusModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int number = int(index.internalId());
    const Node& node = m_nodes[std::size_t(number)];
    const app::ManifestRow* const row = node.file < 0 ? nullptr : &m_intake->manifest[std::size_t(node.file)];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Name:
            return oneLine(node.name) + (row ? QString() : QStringLiteral("/"));
        case Tokens:
            return node.tokens > 0 ? tokensText(node.tokens) : QString();
        case State:
            return row ? QString(coverageShape(row->state)) : QString();
        case Marks:
            return marksOf(node, false);
        }
        return {};
    case Qt::AccessibleTextRole:
        switch (index.column()) {
        case Tokens:
            return tr("%1 tokens").arg(countText(node.tokens));
        case State:
            return stateOf(node);
        case Marks:
            return marksOf(node, true);
        default:
            return QStringLiteral("%1, %2, %3")
                .arg(oneLine(node.name), tr("%1 tokens").arg(countText(node.tokens)), stateOf(node));
        }
    case Qt::ToolTipRole: {
        QStringList lines{pathOf(number),
                          stateOf(node) + (node.tokens > 0
                                               ? ", " + tr("%1 tokens").arg(countText(node.tokens))
                                               : QString())};
        if (row && !row->reason.empty()) lines << oneLine(row->reason);
        if (row && !row->rule.empty()) lines << tr("Rule: %1").arg(oneLine(row->rule));
        if (const QString marks = marksOf(node, true); !marks.isEmpty()) lines << marks;
        return lines.join('\n').toHtmlEscaped().replace('\n', QLatin1String("<br>"));
    }
    case Qt::TextAlignmentRole:
        return index.column() == Tokens  ? int(Qt::AlignRight | Qt::AlignVCenter)
               : index.column() == State ? int(Qt::AlignCenter)
                                         : int(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (index.column() == Marks && node.findings > 0)
            return styleOf(app::Severity(std::clamp(node.worst, 0, 4)), QGuiApplication::palette()).colour;
        if (row && row->state != "in_context") return quietColour(QGuiApplication::palette());
        return {};
    case PathRole:
        return pathOf(number);
    case FolderRole:
        return row == nullptr;
    case ReadRole:
        return row && row->state != "excluded" && row->state != "unreadable";
    default:
        return {};
    }
}

QVariant CorpusModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal ||
        (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole))
        return {};
    switch (section) {
    case Name:
        return tr("File");
    case Tokens:
        return tr("Tokens");
    case State:
        return role == Qt::DisplayRole ? QString(QChar(0x2713)) : tr("State");
    case Marks:
        return role == Qt::DisplayRole ? QStringLiteral("!") : tr("Marks");
    }
    return {};
}

} // namespace ui
