// The window's actions: made from the table of shortcuts.h, bound here, with the dialogs that ask a person.
#include "app/resources.h"
#include "ui/command_palette.h"
#include "ui/main_window.h"
#include "ui/panels/ask_panel.h"
#include "ui/panels/corpus_panel.h"
#include "ui/panels/export_dialog.h"
#include "ui/panels/plan_panel.h"
#include "ui/panels/search_panel.h"
#include "ui/panels/settings_dialog.h"
#include "ui/shortcuts.h"
#include "ui/text.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

#include <algorithm>

namespace ui {

void MainWindow::makeActions() {
    QHash<QString, QMenu*> menus;
    for (const ActionRow& row : actionTable()) {
        QMenu*& menu = menus[QString::fromLatin1(row.menu)];
        if (!menu) {
            menu = menuBar()->addMenu("&" + menuText(row.menu));
            menu->setObjectName("menu." + QString::fromLatin1(row.menu).toLower());
            menu->setAccessibleName(menuText(row.menu));
        }
        auto* const action = new QAction(actionText(row), this);
        action->setObjectName(QString::fromLatin1(row.name));
        action->setShortcutContext(Qt::WindowShortcut);
        menu->addAction(action);
        addAction(action);
        m_actions.insert(action->objectName(), action);
    }
    bindKeys();
    m_actions["action.file.quit"]->setMenuRole(QAction::QuitRole);
    m_actions["action.run.stop"]->setEnabled(false);
    m_actions["action.run.start"]->setEnabled(false);
    m_actions["action.report.export"]->setEnabled(false);
}

void MainWindow::bindKeys() {
    const QMap<QString, QString> own = ownKeys();
    for (const ActionRow& row : actionTable())
        m_actions[QString::fromLatin1(row.name)]->setShortcuts(keysOf(row, own));
}

void MainWindow::bindActions() {
    const auto on = [this](const char* name, std::function<void()> call) { connect(m_actions[name], &QAction::triggered, this, std::move(call)); };
    on("action.file.openFolder", [this] { openWith("folder"); });
    on("action.file.openDocuments", [this] { openWith("documents"); });
    on("action.file.openSession", [this] { openWith("session"); });
    on("action.file.openSample", [this] { m_desk.openSample(); });
    on("action.file.start", [this] { showStartPage(); });
    on("action.file.quit", [this] { close(); });
    on("action.file.settings", [this] {
        auto* const dialog = new SettingsDialog(m_desk.settings(), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setEndpointTest([this, dialog](const app::Endpoint& endpoint, SettingsDialog::Said said) { m_desk.testEndpoint(endpoint, dialog, std::move(said)); });
        dialog->setKeyStore([this, dialog](const app::Endpoint& endpoint, std::shared_ptr<app::Secret> key, SettingsDialog::Said said) {
            m_desk.storeKey(endpoint, std::move(key), dialog, std::move(said));
        });
        connect(dialog, &QDialog::accepted, this, [this, dialog] {
            m_desk.setSettings(dialog->settings());
            bindKeys();
        });
        dialog->open();
    });
    on("action.subject.reread", [this] {
        if (m_desk.intake())
            m_desk.readAgain(m_desk.intake()->request);
    });
    on("action.subject.corpus", [this] {
        showPanel("dock.corpus", Qt::OtherFocusReason);
        m_corpus->findFile();
    });
    on("action.subject.search", [this] {
        showPanel("dock.search", Qt::OtherFocusReason);
        m_search->begin();
    });
    on("action.run.start", [this] {
        // Ctrl+Enter sends the question where one is being written.
        if (QWidget* const focus = QApplication::focusWidget(); focus && m_ask->isAncestorOf(focus))
            m_ask->send();
        else
            m_plan->start();
    });
    on("action.run.stop", [this] { m_desk.stop(); });
    on("action.run.resume", [this] {
        if (m_desk.busy())
            m_desk.stop(); // a pause is a stop that can be resumed
        else
            m_plan->resume();
    });
    const auto runGoal = [this](const std::string& goal) {
        app::RunRequest request;
        request.goal = goal;
        m_desk.startRun(request);
    };
    on("action.run.review", [runGoal] { runGoal("review"); });
    on("action.run.summary", [runGoal] { runGoal("summary"); });
    on("action.run.ask", [this] { showPanel("dock.ask"); });
    const std::pair<const char*, const char*> panels[] = {
        {"action.subject.intake", "dock.intake"}, {"action.view.plan", "dock.plan"},     {"action.view.findings", "dock.findings"}, {"action.view.summary", "dock.summary"},
        {"action.view.ask", "dock.ask"},          {"action.view.run", "dock.run"},       {"action.view.cost", "dock.cost"},         {"action.view.engine", "dock.engine"},
        {"action.view.sessions", "dock.sessions"}, {"action.view.evidence", "dock.evidence"}};
    for (const auto& [name, panel] : panels)
        on(name, [this, panel] { showPanel(QString::fromLatin1(panel)); });
    const std::pair<const char*, const char*> layouts[] = {{"action.view.layoutReview", "review"}, {"action.view.layoutRead", "read"}, {"action.view.layoutAsk", "ask"}, {"action.view.layoutMonitor", "monitor"}};
    for (const auto& [name, layout] : layouts)
        on(name, [this, layout] { applyLayout(QString::fromLatin1(layout)); });
    on("action.view.zoomIn", [this] { zoom(m_desk.settings().scalePercent + 10); });
    on("action.view.zoomOut", [this] { zoom(m_desk.settings().scalePercent - 10); });
    on("action.view.zoomReset", [this] { zoom(100); });
    on("action.view.dark", [this] {
        app::Settings settings = m_desk.settings();
        settings.theme = palette().color(QPalette::Window).lightness() < 128 ? "light" : "dark";
        m_desk.setSettings(settings);
    });
    on("action.view.nextPane", [this] { cyclePane(1); });
    on("action.view.previousPane", [this] { cyclePane(-1); });
    on("action.report.export", [this] {
        auto* const dialog = new ExportDialog(m_desk, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    on("action.help.palette", [this] {
        QList<QAction*> all;
        for (const ActionRow& row : actionTable())
            all << m_actions[QString::fromLatin1(row.name)];
        auto* const palette = new CommandPalette(all, this);
        palette->open();
    });
    on("action.help.keys", [this] { showKeyboardHelp(this); });
    on("action.help.about", [this] { about(); });
}

void MainWindow::openWith(const QString& what) {
    const QStringList paths = m_desk.askPath ? m_desk.askPath(what) : QStringList();
    if (paths.isEmpty())
        return;
    if (what == "session")
        m_desk.openSession(paths.first());
    else
        m_desk.openPaths(paths);
}

void MainWindow::zoom(int percent) {
    app::Settings settings = m_desk.settings();
    settings.scalePercent = std::clamp(percent, 80, 200);
    if (settings.scalePercent != m_desk.settings().scalePercent)
        m_desk.setSettings(settings);
}

void MainWindow::about() {
    auto* const box = new QMessageBox(QMessageBox::NoIcon, tr("About Lectern"),
                                      "<h3>Lectern " + QString::fromLatin1(app::version()) + "</h3><p>" + tr("The auditable reader. Every sentence of a report shows where it stands in the text.").toHtmlEscaped() + "</p>",
                                      QMessageBox::Ok, this);
    box->setObjectName("dialog.about");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

// What asks a person; a test puts its own answer in.
void MainWindow::seams() {
    if (!m_desk.askConsent)
        m_desk.askConsent = [this](const app::ConsentQuestion& question, std::function<void(bool)> answer) {
            auto* const box = new QMessageBox(QMessageBox::Question, tr("Before anything is sent"),
                                              tr("%1 of text would be sent to %2 (model %3) for %4. Send it?")
                                                  .arg(bytesText(question.bytes), q(question.host), q(question.model), moneyRange(question.estimate.low, question.estimate.high))
                                                  .toHtmlEscaped(),
                                              QMessageBox::NoButton, this);
            box->setObjectName("dialog.consent");
            box->setAttribute(Qt::WA_DeleteOnClose);
            QPushButton* const send = box->addButton(tr("&Send"), QMessageBox::AcceptRole);
            QPushButton* const keep = box->addButton(tr("&Do not send"), QMessageBox::RejectRole);
            send->setObjectName("consent.send");
            keep->setObjectName("consent.keep");
            box->setDefaultButton(keep);
            connect(box, &QDialog::finished, this, [box, send, answer] { answer(box->clickedButton() == send); });
            box->open();
        };
    if (!m_desk.askPath)
        m_desk.askPath = [this](const QString& what) -> QStringList {
            if (what == "folder" || what == "weights") {
                const QString folder = QFileDialog::getExistingDirectory(this, what == "folder" ? tr("Open a folder or repository") : tr("Where the weights lie"));
                return folder.isEmpty() ? QStringList() : QStringList{folder};
            }
            if (what == "documents")
                return QFileDialog::getOpenFileNames(this, tr("Open documents"), {}, tr("Documents (*.pdf *.txt *.md *.html *.rst);;All files (*)"));
            if (what == "session") {
                const QString file = QFileDialog::getOpenFileName(this, tr("Open a session"), q(app::dataFolder().string()), tr("Sessions (*.lectern)"));
                return file.isEmpty() ? QStringList() : QStringList{file};
            }
            const QString file = QFileDialog::getSaveFileName(this, tr("Save the report"), what.section(':', 1));
            return file.isEmpty() ? QStringList() : QStringList{file};
        };
}

// --- the window as it was left ------------------------------------------------------------------------------------

static QString windowFile() {
    return q((app::configFolder() / "window.ini").string());
}

void MainWindow::saveWindow() {
    QSettings file(windowFile(), QSettings::IniFormat);
    file.setValue("window/geometry", saveGeometry());
    if (centralWidget()->isHidden())
        file.setValue("window/state", saveState());
}

void MainWindow::restoreWindow() {
    const QSettings file(windowFile(), QSettings::IniFormat);
    if (!restoreGeometry(file.value("window/geometry").toByteArray()))
        resize(std::max(1100, fontMetrics().averageCharWidth() * 190), std::max(720, fontMetrics().height() * 46));
}

} // namespace ui
