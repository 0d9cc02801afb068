// Questions in the real window: one that goes on from an answer stands under it, a second one from the same
// answer is a branch; a sentence becomes a finding that the findings panel shows. The key of an endpoint:
// typed, handed on, kept nowhere.
#include "ui/models/findings_model.h"
#include "ui/panels/ask_panel.h"
#include "ui/panels/findings_panel.h"
#include "ui/panels/settings_dialog.h"
#include "ui/widgets/sentence_list.h"
#include "window_fixture.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTreeWidget>

class AskPanelTest : public QObject {
    Q_OBJECT
private slots:
    void questionsBranch();
    void aSentenceIsPromoted();
    void aKeyGoesToTheRingAlone();
};

static const OwnFolders folders;

static bool ask(RealWindow& real, const char* words, const char* button) {
    const QString before = real.get<ui::AskPanel>("ask")->shownRun();
    real.get<QLineEdit>("ask.question")->setText(QString::fromLatin1(words));
    real.get<QPushButton>(button)->click();
    return QTest::qWaitFor(
        [&] {
            return !real.desk.busy() && !real.get<ui::AskPanel>("ask")->shownRun().isEmpty() &&
                   real.get<ui::AskPanel>("ask")->shownRun() != before;
        },
        60'000);
}

void AskPanelTest::questionsBranch() {
    RealWindow real;
    QVERIFY(real.openSample());
    auto* const tree = real.get<QTreeWidget>("ask.conversations");
    QVERIFY(!real.get<QPushButton>("ask.on")->isEnabled());
    QVERIFY(ask(real, "How long is a reading kept in the spool?", "ask.send"));
    const QString first = real.get<ui::AskPanel>("ask")->shownRun();
    QCOMPARE(tree->topLevelItemCount(), 1);
    QVERIFY(ask(real, "And who uploads it?", "ask.on"));
    QCOMPARE(tree->topLevelItemCount(), 1);
    QCOMPARE(tree->topLevelItem(0)->childCount(), 1);
    QVERIFY(real.get<ui::SentenceList>("ask.answer")
                ->plainText()
                .contains("How long is a reading kept")); // what it goes on from
    // Back to the first answer, and on from there: a branch.
    emit tree->itemActivated(tree->topLevelItem(0), 0);
    QTRY_COMPARE(real.get<ui::AskPanel>("ask")->shownRun(), first);
    QVERIFY(ask(real, "And when it is full?", "ask.on"));
    QCOMPARE(tree->topLevelItem(0)->childCount(), 2);
    QVERIFY(ask(real, "Who is the harbour master?", "ask.send")); // a conversation of its own
    QCOMPARE(tree->topLevelItemCount(), 2);
}

void AskPanelTest::aSentenceIsPromoted() {
    RealWindow real;
    QVERIFY(real.openSample());
    real.trigger("action.run.review");
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && !real.desk.busy(), 60'000);
    const std::string review = real.desk.report()->run.id;
    const std::size_t before = real.desk.report()->findings.size();
    QVERIFY(ask(real, "How long may an outage last?", "ask.send"));
    auto* const answer = real.get<ui::SentenceList>("ask.answer");
    int chosen = -1;
    for (int i = 0; i < answer->count(); ++i)
        if (answer->sentences()[std::size_t(i)].origin == app::Origin::Extracted) chosen = i;
    QVERIFY(chosen >= 0);
    const std::string words = answer->sentences()[std::size_t(chosen)].text;
    emit answer->promoteRequested(chosen);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report()->run.id == review, 30'000);
    QCOMPARE(real.desk.report()->findings.size(), before + 1);
    QCOMPARE(real.desk.report()->findings.back().claim.text, words);
    QVERIFY(real.get<QLabel>("notice.text")
                ->text()
                .contains(QString::fromStdString(real.desk.report()->findings.back().id)));
    auto* const findings = real.get<ui::FindingsPanel>("panel.findings");
    QVERIFY(findings->model().rowOf(real.desk.report()->findings.back().id) >= 0);
    // What cannot be placed is refused in words, and nothing is added.
    real.desk.promote(real.desk.report(), app::Sentence("Nothing carries this.", app::Origin::Generated));
    QTRY_VERIFY(real.get<QLabel>("notice.text")->text().contains("no located quote"));
    QCOMPARE(real.desk.report()->findings.size(), before + 1);
}

void AskPanelTest::aKeyGoesToTheRingAlone() {
    app::Settings settings;
    app::Endpoint endpoint;
    endpoint.name = "deepseek", endpoint.url = "https://api.deepseek.com", endpoint.model = "deepseek-flash";
    settings.endpoints = {endpoint};
    ui::SettingsDialog dialog(settings);
    std::string stored, address;
    dialog.setKeyStore(
        [&](const app::Endpoint& where, std::shared_ptr<app::Secret> key, ui::SettingsDialog::Said said) {
            stored = key->reveal(), address = where.url;
            said({});
        });
    QString typed = "two words";
    dialog.askKey = [&](const QString&, std::function<void(QString)> answer) { answer(typed); };
    auto* const button = dialog.findChild<QPushButton*>("settings.endpoints.key");
    QVERIFY(!button->isEnabled()); // no endpoint is chosen
    dialog.findChild<QTableWidget*>("settings.endpoints")->setCurrentCell(0, 0);
    if (!button->isEnabled()) QSKIP("built without QtKeychain");
    button->click();
    QVERIFY(stored.empty()); // that is no key
    QVERIFY(!dialog.settings().endpoints[0].keyInRing);
    typed = " sk-0123456789 ";
    button->click();
    QCOMPARE(stored, std::string("sk-0123456789"));
    QCOMPARE(address, endpoint.url);
    QVERIFY(dialog.settings().endpoints[0].keyInRing);
    QVERIFY(app::formatSettings(dialog.settings()).find("sk-0123456789") == std::string::npos);
    for (const QLineEdit* const line : dialog.findChildren<QLineEdit*>())
        QVERIFY(!line->text().contains("sk-0123456789"));
}

QTEST_MAIN(AskPanelTest)
#include "tst_ask_panel.moc"
