#include "ui/shortcuts.h"

#include "app/resources.h"

#include <QCoreApplication>
#include <QDialog>
#include <QHeaderView>
#include <QSettings>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

const QList<ActionRow>& actionTable() {
    static const QList<ActionRow> table{
        {"action.file.openFolder", "File", QT_TRANSLATE_NOOP("actions", "Open &folder or repository…"), "Ctrl+O", nullptr},
        {"action.file.openDocuments", "File", QT_TRANSLATE_NOOP("actions", "Open &documents…"), "Ctrl+D", nullptr},
        {"action.file.openSession", "File", QT_TRANSLATE_NOOP("actions", "Open &session…"), "Ctrl+Shift+O", nullptr},
        {"action.file.openSample", "File", QT_TRANSLATE_NOOP("actions", "Open the &sample"), "", nullptr},
        {"action.file.start", "File", QT_TRANSLATE_NOOP("actions", "Start &page"), "Ctrl+Home", nullptr},
        {"action.file.settings", "File", QT_TRANSLATE_NOOP("actions", "Se&ttings…"), "Ctrl+,", nullptr},
        {"action.file.quit", "File", QT_TRANSLATE_NOOP("actions", "&Quit"), "Ctrl+Q", nullptr},
        {"action.subject.reread", "Subject", QT_TRANSLATE_NOOP("actions", "&Read again"), "F5", nullptr},
        {"action.subject.intake", "Subject", QT_TRANSLATE_NOOP("actions", "&Intake"), "Ctrl+1", nullptr},
        {"action.run.start", "Run", QT_TRANSLATE_NOOP("actions", "&Start"), "Ctrl+Return", "Ctrl+Enter"},
        {"action.run.stop", "Run", QT_TRANSLATE_NOOP("actions", "S&top"), "Ctrl+.", nullptr},
        {"action.run.resume", "Run", QT_TRANSLATE_NOOP("actions", "&Resume, or pause"), "Ctrl+Shift+P", nullptr},
        {"action.run.review", "Run", QT_TRANSLATE_NOOP("actions", "Re&view"), "", nullptr},
        {"action.run.summary", "Run", QT_TRANSLATE_NOOP("actions", "Su&mmary"), "", nullptr},
        {"action.run.ask", "Run", QT_TRANSLATE_NOOP("actions", "&Ask a question"), "Ctrl+L", nullptr},
        {"action.subject.corpus", "Subject", QT_TRANSLATE_NOOP("actions", "&Go to file"), "Ctrl+P", nullptr},
        {"action.subject.search", "Subject", QT_TRANSLATE_NOOP("actions", "&Find in the corpus"), "Ctrl+Shift+F", nullptr},
        {"action.view.plan", "View", QT_TRANSLATE_NOOP("actions", "&Plan"), "Ctrl+2", nullptr},
        {"action.view.findings", "View", QT_TRANSLATE_NOOP("actions", "&Findings"), "Ctrl+3", nullptr},
        {"action.view.summary", "View", QT_TRANSLATE_NOOP("actions", "S&ummary"), "Ctrl+4", nullptr},
        {"action.view.ask", "View", QT_TRANSLATE_NOOP("actions", "&Ask"), "Ctrl+5", nullptr},
        {"action.view.run", "View", QT_TRANSLATE_NOOP("actions", "&Run"), "Ctrl+6", nullptr},
        {"action.view.cost", "View", QT_TRANSLATE_NOOP("actions", "&Costs"), "Ctrl+7", nullptr},
        {"action.view.engine", "View", QT_TRANSLATE_NOOP("actions", "E&ngine"), "Ctrl+8", nullptr},
        {"action.view.sessions", "View", QT_TRANSLATE_NOOP("actions", "Sessi&ons"), "Ctrl+9", nullptr},
        {"action.view.evidence", "View", QT_TRANSLATE_NOOP("actions", "E&vidence"), "Ctrl+0", nullptr},
        {"action.view.layoutReview", "View", QT_TRANSLATE_NOOP("actions", "Layout: review"), "Alt+1", nullptr},
        {"action.view.layoutRead", "View", QT_TRANSLATE_NOOP("actions", "Layout: read"), "Alt+2", nullptr},
        {"action.view.layoutAsk", "View", QT_TRANSLATE_NOOP("actions", "Layout: ask"), "Alt+3", nullptr},
        {"action.view.layoutMonitor", "View", QT_TRANSLATE_NOOP("actions", "Layout: monitor"), "Alt+4", nullptr},
        {"action.view.zoomIn", "View", QT_TRANSLATE_NOOP("actions", "Zoom &in"), "Ctrl++", "Ctrl+="},
        {"action.view.zoomOut", "View", QT_TRANSLATE_NOOP("actions", "Zoom &out"), "Ctrl+-", nullptr},
        {"action.view.zoomReset", "View", QT_TRANSLATE_NOOP("actions", "Reset &zoom"), "Ctrl+Shift+0", nullptr},
        {"action.view.dark", "View", QT_TRANSLATE_NOOP("actions", "&Dark or light"), "Ctrl+Shift+D", nullptr},
        {"action.view.nextPane", "View", QT_TRANSLATE_NOOP("actions", "Next pane"), "F6", nullptr},
        {"action.view.previousPane", "View", QT_TRANSLATE_NOOP("actions", "Previous pane"), "Shift+F6", nullptr},
        {"action.report.export", "Report", QT_TRANSLATE_NOOP("actions", "&Export…"), "Ctrl+E", nullptr},
        {"action.help.palette", "Help", QT_TRANSLATE_NOOP("actions", "&All actions…"), "Ctrl+K", nullptr},
        {"action.help.keys", "Help", QT_TRANSLATE_NOOP("actions", "&Keyboard"), "F1", nullptr},
        {"action.help.about", "Help", QT_TRANSLATE_NOOP("actions", "A&bout Lectern"), "", nullptr},
    };
    return table;
}

QString actionText(const ActionRow& row) {
    return QCoreApplication::translate("actions", row.text);
}

QString menuText(const char* menu) {
    static const char* const words[] = {QT_TRANSLATE_NOOP("menus", "File"), QT_TRANSLATE_NOOP("menus", "Subject"), QT_TRANSLATE_NOOP("menus", "Run"),
                                        QT_TRANSLATE_NOOP("menus", "View"), QT_TRANSLATE_NOOP("menus", "Report"),  QT_TRANSLATE_NOOP("menus", "Help")};
    Q_UNUSED(words)
    return QCoreApplication::translate("menus", menu);
}

static QString keysFile() {
    return QString::fromStdString((app::configFolder() / "window.ini").string());
}

QMap<QString, QString> ownKeys() {
    QSettings file(keysFile(), QSettings::IniFormat);
    file.beginGroup("keys");
    QMap<QString, QString> own;
    for (const QString& name : file.childKeys())
        own[name] = file.value(name).toString();
    return own;
}

void storeOwnKeys(const QMap<QString, QString>& own) {
    QSettings file(keysFile(), QSettings::IniFormat);
    file.remove("keys");
    file.beginGroup("keys");
    for (auto each = own.begin(); each != own.end(); ++each)
        file.setValue(each.key(), each.value());
}

QList<QKeySequence> keysOf(const ActionRow& row, const QMap<QString, QString>& own) {
    QList<QKeySequence> keys;
    if (const QString mine = own.value(QString::fromLatin1(row.name)); mine == "none")
        return keys;
    else if (!mine.isEmpty())
        return {QKeySequence(mine, QKeySequence::PortableText)};
    for (const char* const each : {row.keys, row.second})
        if (each && *each)
            keys << QKeySequence(QString::fromLatin1(each), QKeySequence::PortableText);
    return keys;
}

QList<QKeySequence> keysOf(const ActionRow& row) {
    return keysOf(row, ownKeys());
}

void showKeyboardHelp(QWidget* parent) {
    auto* const dialog = new QDialog(parent);
    dialog->setObjectName("dialog.keys");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QCoreApplication::translate("keys", "Keyboard"));
    dialog->setAccessibleName(dialog->windowTitle());
    auto* const tree = new QTreeWidget(dialog);
    tree->setObjectName("keys.list");
    tree->setAccessibleName(dialog->windowTitle());
    tree->setHeaderLabels({QCoreApplication::translate("keys", "Keys"), QCoreApplication::translate("keys", "Action")});
    tree->header()->setObjectName("keys.header");
    tree->header()->setAccessibleName(dialog->windowTitle());
    tree->setRootIsDecorated(false);
    const auto add = [&](const QString& keys, const QString& words) { new QTreeWidgetItem(tree, {keys, words}); };
    for (const ActionRow& row : actionTable()) {
        QStringList keys;
        for (const QKeySequence& one : keysOf(row))
            keys << one.toString(QKeySequence::NativeText);
        if (!keys.isEmpty())
            add(keys.join(", "), menuText(row.menu) + ": " + actionText(row).remove('&'));
    }
    const std::pair<const char*, const char*> inLists[] = {
        {"j, k", QT_TRANSLATE_NOOP("keys", "Findings: next and previous row")},
        {"a", QT_TRANSLATE_NOOP("keys", "Findings: accept")},
        {"d", QT_TRANSLATE_NOOP("keys", "Findings: dismiss, with a reason")},
        {"u", QT_TRANSLATE_NOOP("keys", "Findings: undo")},
        {"Space", QT_TRANSLATE_NOOP("keys", "Findings: show the evidence. Treemap, files: leave out or take in")},
        {"T", QT_TRANSLATE_NOOP("keys", "Treemap and charts: as a table")},
        {"F10, Shift+F10", QT_TRANSLATE_NOOP("keys", "Evidence: next and previous step")},
        {"Alt+Left, Alt+Right", QT_TRANSLATE_NOOP("keys", "Evidence: back and forward")},
        {"Arrows", QT_TRANSLATE_NOOP("keys", "Treemap and timeline: move")},
        {"Return", QT_TRANSLATE_NOOP("keys", "Treemap: into the folder, or show the file")},
        {"Backspace", QT_TRANSLATE_NOOP("keys", "Treemap: out again")},
    };
    for (const auto& [keys, words] : inLists)
        add(QString::fromLatin1(keys), QCoreApplication::translate("keys", words));
    tree->resizeColumnToContents(0);
    auto* const layout = new QVBoxLayout(dialog);
    layout->addWidget(tree);
    dialog->resize(dialog->fontMetrics().averageCharWidth() * 80, dialog->fontMetrics().height() * 32);
    dialog->show();
}

} // namespace ui
