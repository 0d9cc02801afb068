#include "ui/panels/start_page.h"

#include "app/resources.h"
#include "ui/desk.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {

StartPage::StartPage(Desk& desk, QWidget* parent) : QWidget(parent), m_desk(desk), m_recent(new QListWidget(this)) {
    setObjectName("start");
    setAccessibleName(tr("Start page"));
    auto* const title = new QLabel(tr("What should be read?"), this);
    title->setObjectName("start.title");
    title->setProperty("role", "title");
    auto* const promise = new QLabel(tr("Every sentence of a report carries its place in the text, and every place is checked byte for byte. "
                                        "Nothing leaves this computer until you have seen where it goes and what it costs."), this);
    promise->setObjectName("start.promise");
    promise->setWordWrap(true);
    promise->setProperty("role", "quiet");

    auto* const doors = new QHBoxLayout;
    doors->setSpacing(12);
    QPushButton* const folder = door("start.folder", "folder", tr("Folder or repository"), tr("Code and documents, with rules for what stays out"));
    QPushButton* const documents = door("start.documents", "document", tr("Documents"), tr("PDF files and texts, page by page"));
    QPushButton* const session = door("start.session", "session", tr("Saved session"), tr("Go on where a run was left"));
    QPushButton* const sample = door("start.sample", "sample", tr("Bundled sample"), tr("A small program and a contract with planted faults"));
    for (QPushButton* const button : {folder, documents, session, sample})
        doors->addWidget(button, 1);
    connect(folder, &QPushButton::clicked, this, &StartPage::folderWanted);
    connect(documents, &QPushButton::clicked, this, &StartPage::documentsWanted);
    connect(session, &QPushButton::clicked, this, &StartPage::sessionWanted);
    connect(sample, &QPushButton::clicked, &m_desk, &Desk::openSample);

    auto* const recent = new QLabel(tr("&Recent sessions"), this);
    recent->setObjectName("start.recent.label");
    recent->setProperty("role", "heading");
    recent->setBuddy(m_recent);
    m_recent->setObjectName("start.recent");
    m_recent->setAccessibleName(tr("Recent sessions"));
    m_recent->setUniformItemSizes(true);
    connect(m_recent, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        if (const QString file = item->data(Qt::UserRole).toString(); !file.isEmpty())
            m_desk.openSession(file);
    });

    auto* const column = new QVBoxLayout;
    column->setSpacing(14);
    column->addWidget(title);
    column->addWidget(promise);
    column->addLayout(doors);
    column->addWidget(recent);
    column->addWidget(m_recent, 1);
    auto* const outer = new QHBoxLayout(this);
    outer->setContentsMargins(24, 24, 24, 24);
    outer->addStretch(1);
    outer->addLayout(column, 12);
    outer->addStretch(1);
    dress();
}

QPushButton* StartPage::door(const QString& name, const QString& icon, const QString& title, const QString& sentence) {
    auto* const button = new QPushButton(this);
    button->setObjectName(name);
    button->setAccessibleName(title);
    button->setAccessibleDescription(sentence);
    auto* const layout = new QVBoxLayout(button);
    auto* const picture = new QLabel(button);
    picture->setObjectName(name + ".icon");
    auto* const heading = new QLabel(title, button);
    heading->setObjectName(name + ".title");
    heading->setProperty("role", "heading");
    heading->setWordWrap(true);
    auto* const words = new QLabel(sentence, button);
    words->setObjectName(name + ".words");
    words->setWordWrap(true);
    words->setProperty("role", "quiet");
    for (QLabel* const label : {picture, heading, words}) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        layout->addWidget(label);
    }
    layout->addStretch(1);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    m_doors.emplace_back(button, icon);
    return button;
}

void StartPage::dress() {
    const int line = fontMetrics().height();
    for (const auto& [button, icon] : m_doors) {
        button->setMinimumHeight(line * 9);
        button->findChild<QLabel*>(button->objectName() + ".icon")->setPixmap(themeIcon(icon, palette()).pixmap(line * 2, line * 2));
    }
}

void StartPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        dress();
}

void StartPage::refresh() {
    m_desk.jobs().start<std::vector<app::SessionEntry>>(
        "recent", this, [](const app::JobContext& job) { return app::listSessions(app::dataFolder(), job.stop()); },
        [this](const std::vector<app::SessionEntry>& list) {
            m_recent->clear();
            for (std::size_t i = 0; i < list.size() && i < 12; ++i) {
                const app::SessionEntry& entry = list[i];
                const QString about = entry.problem.empty()
                                          ? tr("%1, %2 files, %3 ago").arg(entry.latest.empty() ? tr("no run yet") : q(entry.latest), countText(entry.files), durationText(double(entry.secondsOld)))
                                          : q(entry.problem);
                auto* const item = new QListWidgetItem(oneLine(entry.subject.empty() ? entry.name : entry.subject, 60) + "    " + about, m_recent);
                item->setData(Qt::UserRole, q(entry.file.string()));
                item->setToolTip(q(entry.file.string()).toHtmlEscaped());
            }
            if (list.empty()) {
                auto* const none = new QListWidgetItem(tr("None yet: open something above"), m_recent);
                none->setFlags(Qt::ItemIsEnabled);
            }
        },
        [](const QString&) {});
}

} // namespace ui
