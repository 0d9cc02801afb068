#include "ui/models/findings_model.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QGuiApplication>

#include <algorithm>

namespace ui {

FindingsModel::FindingsModel(QObject* parent) : QAbstractListModel(parent) {}

void FindingsModel::setReport(std::shared_ptr<const app::Report> report) {
    beginResetModel();
    m_report = std::move(report);
    m_streamed.clear();
    m_rows.clear();
    m_over.clear();
    m_byId.clear();
    m_haystacks.clear();
    if (m_report) {
        m_rows.reserve(m_report->findings.size() + m_report->rejected.size());
        for (const auto* list : {&m_report->findings, &m_report->rejected})
            for (const app::Finding& finding : *list)
                m_rows.push_back(&finding);
    }
    endResetModel();
}

void FindingsModel::follow(std::shared_ptr<const app::Report> report) {
    if (!report || report->findings.size() + report->rejected.size() != m_rows.size())
        return setReport(std::move(report));
    std::size_t row = 0;
    for (const auto* list : {&report->findings, &report->rejected})
        for (const app::Finding& finding : *list)
            m_rows[row++] = &finding;
    m_report = std::move(report);
}

void FindingsModel::append(const app::Finding& finding) {
    const int row = int(m_rows.size());
    beginInsertRows({}, row, row);
    m_streamed.push_back(finding);
    m_rows.push_back(&m_streamed.back());
    m_byId.clear();
    endInsertRows();
}

void FindingsModel::apply(const std::vector<app::TriageChange>& changes, bool back) {
    for (const app::TriageChange& change : changes) {
        const int row = rowOf(change.id);
        if (row < 0)
            continue;
        m_over[row] = back ? Over{change.wasState, change.wasReason} : Over{change.state, change.reason};
        emit dataChanged(index(row), index(row));
    }
}

const std::string& FindingsModel::state(int row) const {
    const auto over = m_over.find(row);
    return over == m_over.end() ? finding(row).state : over->second.state;
}

const std::string& FindingsModel::stateReason(int row) const {
    const auto over = m_over.find(row);
    return over == m_over.end() ? finding(row).stateReason : over->second.reason;
}

int FindingsModel::rowOf(const std::string& id) const {
    if (m_byId.empty())
        for (int row = 0; row < int(m_rows.size()); ++row)
            m_byId.emplace(m_rows[std::size_t(row)]->id, row);
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? -1 : found->second;
}

const app::Evidence* FindingsModel::site(const app::Finding& finding) {
    for (const app::Evidence& evidence : finding.evidence)
        if (evidence.role == app::EvidenceRole::Site)
            return &evidence;
    return finding.evidence.empty() ? nullptr : &finding.evidence.front();
}

std::string_view FindingsModel::haystack(int row) const {
    if (m_haystacks.size() < m_rows.size())
        m_haystacks.resize(m_rows.size());
    std::string& text = m_haystacks[std::size_t(row)];
    if (text.empty()) {
        const app::Finding& one = finding(row);
        const app::Evidence* at = site(one);
        text = one.title.text + '\n' + one.id + '\n' + one.rule + '\n' + (at ? at->at : std::string());
        const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return c & 0x80; });
        if (ascii)
            std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        else
            text = QString::fromStdString(text).toLower().toStdString();
    }
    return text;
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const app::Finding& one = finding(index.row());
    const app::Evidence* at = site(one);
    const auto word = [&] { return styleOf(one.severity, QGuiApplication::palette()).word; };
    switch (role) {
    case Qt::DisplayRole:
        return visibleText(one.title.text, Breaks::Escape) + (one.title.demo ? QStringLiteral(" [") + demoBadge() + QLatin1Char(']') : QString());
    case IdRole:
        return QString::fromStdString(one.id);
    case SeverityRole:
        return int(one.severity);
    case SeverityWordRole:
        return word();
    case StateRole:
        return QString::fromStdString(state(index.row()));
    case PlaceRole:
        return at ? visibleText(at->at, Breaks::Escape) : QString();
    case RuleRole:
        return visibleText(one.rule, Breaks::Escape);
    case VotesRole:
        return one.votesOf > 0 ? tr("%1 of %2").arg(one.votesFor).arg(one.votesOf) : QString();
    case SinceRole:
        return sinceWord(one.since);
    case GeneratedRole:
        return one.title.origin == app::Origin::Generated;
    case AcceptedRole:
        return state(index.row()) == "open" && stateReason(index.row()) == "accepted";
    case HeaderRole:
        return false;
    case Qt::ToolTipRole:
        return stateReason(index.row()).empty() ? QVariant() : QVariant(stateWord(state(index.row())) + QStringLiteral(": ") + visibleText(stateReason(index.row()), Breaks::Escape));
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2: %3, %4, %5")
            .arg(word(), QString::fromStdString(one.id), visibleText(one.title.text, Breaks::Escape), at ? visibleText(at->at, Breaks::Escape) : QString(),
                 stateWord(state(index.row())));
    default:
        return {};
    }
}

} // namespace ui
