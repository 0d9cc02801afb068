#include "ui/panels/settings_dialog.h"

#include "app/backend/keyring.h"
#include "app/cost.h"
#include "ui/panels/shortcut_editor.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int EndpointColumns = 8, RingColumn = 3;

template <class Widget> Widget* named(Widget* widget, const char* name, const QString& title) {
    widget->setObjectName(QString::fromLatin1(name));
    widget->setAccessibleName(title);
    return widget;
}

QComboBox* choice(QWidget* parent, const char* name, const QString& title, const QList<std::pair<QString, QString>>& entries, const std::string& current) {
    auto* const box = named(new QComboBox(parent), name, title);
    for (const auto& [id, words] : entries)
        box->addItem(words, id);
    box->setCurrentIndex(std::max(0, box->findData(q(current))));
    return box;
}

QSpinBox* number(QWidget* parent, const char* name, const QString& title, int low, int high, int value, const QString& suffix = {}) {
    auto* const box = named(new QSpinBox(parent), name, title);
    box->setRange(low, high);
    box->setValue(value);
    box->setSuffix(suffix);
    return box;
}

QLabel* hint(QWidget* parent, const char* name, const QString& words) {
    auto* const label = new QLabel(words, parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setWordWrap(true);
    label->setProperty("role", "quiet");
    return label;
}

} // namespace

SettingsDialog::SettingsDialog(const app::Settings& settings, QWidget* parent) : QDialog(parent), m_settings(settings) {
    setObjectName("dialog.settings");
    setWindowTitle(tr("Settings"));
    setAccessibleName(tr("Settings"));
    auto* const tabs = named(new QTabWidget(this), "settings.tabs", tr("Groups of settings"));
    tabs->addTab(enginePage(), tr("&Engines"));
    tabs->addTab(limitsPage(), tr("&Limits and privacy"));
    tabs->addTab(readingPage(), tr("&Reading"));
    tabs->addTab(appearancePage(), tr("&Appearance"));
    m_keys = new ShortcutEditor(this);
    tabs->addTab(m_keys, tr("&Keyboard"));
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->setObjectName("settings.buttons");
    named(buttons->button(QDialogButtonBox::Ok), "settings.ok", tr("OK"))->setText(tr("OK"));
    named(buttons->button(QDialogButtonBox::Cancel), "settings.cancel", tr("Cancel"))->setText(tr("Cancel"));
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(tabs, 1);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(fontMetrics().averageCharWidth() * 105, fontMetrics().height() * 28);
}

QWidget* SettingsDialog::enginePage() {
    auto* const page = new QWidget(this);
    page->setObjectName("settings.engines");
    auto* const layout = new QVBoxLayout(page);
    layout->addWidget(hint(page, "settings.engines.hint",
                           tr("A served model: its address, the model's name there, and where the key is: the key ring of this computer, an environment "
                              "variable, or a file that only you can read. A key goes to the key ring alone, never into a file of Lectern.")));
    m_endpoints = named(new QTableWidget(0, EndpointColumns, page), "settings.endpoints", tr("Endpoints"));
    m_endpoints->setHorizontalHeaderLabels({tr("Name"), tr("Address"), tr("Model"), tr("Key ring"), tr("Key variable"), tr("Key file"), tr("Price row"), tr("Window")});
    named(m_endpoints->horizontalHeader(), "settings.endpoints.header", tr("Endpoints"));
    m_endpoints->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_endpoints->verticalHeader()->hide();
    m_endpoints->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_endpoints->setTabKeyNavigation(false);
    for (const app::Endpoint& endpoint : m_settings.endpoints)
        addEndpoint(endpoint);
    layout->addWidget(m_endpoints, 1);
    m_add = named(new QPushButton(tr("&Add endpoint"), page), "settings.endpoints.add", tr("Add endpoint"));
    m_remove = named(new QPushButton(tr("&Remove endpoint"), page), "settings.endpoints.remove", tr("Remove endpoint"));
    auto* const row = new QHBoxLayout;
    row->addWidget(m_add);
    m_key = named(new QPushButton(tr("Store a &key…"), page), "settings.endpoints.key", tr("Store a key in the key ring"));
    m_test = named(new QPushButton(tr("&Test"), page), "settings.endpoints.test", tr("Test the endpoint"));
    m_endpointState = hint(page, "settings.endpoints.state", app::keyringBuiltIn() ? QString() : tr("This program was built without QtKeychain: keys come from variables and files."));
    m_endpointState->setTextFormat(Qt::PlainText);
    row->addWidget(m_remove);
    row->addWidget(m_key);
    row->addWidget(m_test);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addWidget(m_endpointState);
    connect(m_endpoints, &QTableWidget::currentCellChanged, this, &SettingsDialog::endpointChosen);
    connect(m_key, &QPushButton::clicked, this, &SettingsDialog::storeKey);
    connect(m_test, &QPushButton::clicked, this, [this] {
        const int chosen = m_endpoints->currentRow();
        if (chosen < 0 || !m_testEndpoint)
            return;
        const app::Endpoint endpoint = editedEndpoint(chosen);
        m_endpointState->setText(tr("Asking %1 for its models; nothing of the text is sent").arg(q(endpoint.url)));
        m_testEndpoint(endpoint, [label = QPointer<QLabel>(m_endpointState)](const QString& sentence) {
            if (label)
                label->setText(sentence);
        });
    });
    endpointChosen();
    connect(m_add, &QPushButton::clicked, this, [this] {
        app::Endpoint fresh;
        fresh.name = "deepseek", fresh.url = "https://api.deepseek.com", fresh.model = "deepseek-flash", fresh.keyVariable = "DEEPSEEK_API_KEY", fresh.level = 2;
        for (int i = 2; m_settings.endpoint(fresh.name); ++i)
            fresh.name = "deepseek-" + std::to_string(i);
        m_settings.endpoints.push_back(fresh);
        addEndpoint(fresh);
        m_endpoints->setCurrentCell(m_endpoints->rowCount() - 1, 0);
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        const int row = m_endpoints->currentRow();
        if (row < 0)
            return;
        m_settings.endpoints.erase(m_settings.endpoints.begin() + row);
        m_endpoints->removeRow(row);
    });
    auto* const form = new QFormLayout;
    m_effort = choice(page, "settings.effort", tr("Effort"), {{"low", tr("low")}, {"high", tr("high")}, {"max", tr("max")}}, m_settings.effort);
    m_thinking = named(new QCheckBox(tr("The model may &think first"), page), "settings.thinking", tr("The model may think first"));
    m_thinking->setChecked(m_settings.thinking);
    form->addRow(tr("E&ffort"), m_effort);
    form->addRow(QString(), m_thinking);
    layout->addLayout(form);
    return page;
}

void SettingsDialog::addEndpoint(const app::Endpoint& e) {
    const int row = m_endpoints->rowCount();
    m_endpoints->insertRow(row);
    const std::string cells[] = {e.name, e.url, e.model, {}, e.keyVariable, e.keyFile, e.priceId, e.window > 0 ? std::to_string(e.window) : std::string()};
    for (int i = 0; i < EndpointColumns; ++i)
        m_endpoints->setItem(row, i, new QTableWidgetItem(q(cells[i])));
    QTableWidgetItem* const ring = m_endpoints->item(row, RingColumn);
    ring->setFlags((ring->flags() | Qt::ItemIsUserCheckable) & ~Qt::ItemIsEditable);
    ring->setCheckState(e.keyInRing ? Qt::Checked : Qt::Unchecked);
    ring->setToolTip(tr("The key is in the key ring of this computer"));
}

app::Endpoint SettingsDialog::editedEndpoint(int row) const {
    const auto cell = [&](int column) { return m_endpoints->item(row, column)->text().trimmed().toStdString(); };
    app::Endpoint e = m_settings.endpoints[std::size_t(row)];
    e.name = cell(0), e.url = cell(1), e.model = cell(2), e.keyVariable = cell(4), e.keyFile = cell(5), e.priceId = cell(6);
    e.keyInRing = m_endpoints->item(row, RingColumn)->checkState() == Qt::Checked;
    e.window = m_endpoints->item(row, 7)->text().remove(QLocale().groupSeparator()).toLongLong();
    return e;
}

void SettingsDialog::endpointChosen() {
    const bool chosen = m_endpoints->currentRow() >= 0;
    m_remove->setEnabled(chosen);
    m_key->setEnabled(chosen && m_storeKey && app::keyringBuiltIn());
    m_test->setEnabled(chosen && m_testEndpoint);
}

void SettingsDialog::setEndpointTest(std::function<void(const app::Endpoint&, Said)> test) {
    m_testEndpoint = std::move(test);
    endpointChosen();
}

void SettingsDialog::setKeyStore(std::function<void(const app::Endpoint&, std::shared_ptr<app::Secret>, Said)> store) {
    m_storeKey = std::move(store);
    endpointChosen();
}

void SettingsDialog::storeKey() {
    const int row = m_endpoints->currentRow();
    if (row < 0 || !m_storeKey)
        return;
    const app::Endpoint endpoint = editedEndpoint(row);
    const auto typed = [this, row, endpoint](QString text) {
        std::shared_ptr<app::Secret> key;
        QByteArray bytes = text.trimmed().toUtf8();
        text.fill(QChar(0));
        try {
            key = std::make_shared<app::Secret>(app::checkedKey({bytes.constData(), std::size_t(bytes.size())}, "the field"));
        } catch (const std::exception& problem) {
            m_endpointState->setText(QString::fromUtf8(problem.what()));
        }
        bytes.fill(0);
        if (!key)
            return;
        m_endpointState->setText(tr("Asking the key ring of this computer; it may want to be unlocked"));
        m_storeKey(endpoint, key, [dialog = QPointer<SettingsDialog>(this), row, address = q(endpoint.url)](const QString& problem) {
            if (!dialog)
                return;
            if (problem.isEmpty() && row < dialog->m_endpoints->rowCount())
                dialog->m_endpoints->item(row, RingColumn)->setCheckState(Qt::Checked);
            dialog->m_endpointState->setText(problem.isEmpty() ? tr("The key ring keeps the key for %1.").arg(address) : problem);
        });
    };
    if (askKey)
        askKey(q(endpoint.url), typed);
    else
        askInDialog(q(endpoint.url), typed);
}

void SettingsDialog::askInDialog(const QString& address, std::function<void(QString)> typed) {
    auto* const dialog = named(new QDialog(this), "dialog.key", tr("Key for the key ring"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Key for the key ring"));
    auto* const layout = new QVBoxLayout(dialog);
    auto* const words = hint(dialog, "key.words", tr("The key for %1. It goes to the key ring of this computer and is sent to that address alone.").arg(address));
    words->setTextFormat(Qt::PlainText);
    auto* const line = named(new QLineEdit(dialog), "key.line", tr("Key"));
    line->setEchoMode(QLineEdit::Password);
    line->setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText);
    line->setMaxLength(4096);
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->setObjectName("key.buttons");
    named(buttons->button(QDialogButtonBox::Ok), "key.ok", tr("Store the key"))->setText(tr("Store"));
    named(buttons->button(QDialogButtonBox::Cancel), "key.cancel", tr("Cancel"))->setText(tr("Cancel"));
    layout->addWidget(words);
    layout->addWidget(line);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [dialog, line, typed] {
        const QString text = line->text();
        line->clear();
        dialog->accept();
        typed(text);
    });
    dialog->resize(dialog->fontMetrics().averageCharWidth() * 60, 10);
    dialog->open();
}

QWidget* SettingsDialog::limitsPage() {
    auto* const page = new QWidget(this);
    page->setObjectName("settings.limits");
    auto* const form = new QFormLayout(page);
    m_budget = named(new QLineEdit(q(m_settings.budget), page), "settings.budget", tr("Budget of a run"));
    m_budget->setPlaceholderText(tr("none; for example 1.50"));
    m_minutes = number(page, "settings.minutes", tr("Minutes of a run"), 0, 1'000'000, m_settings.maxMinutes, tr(" min"));
    m_minutes->setSpecialValueText(tr("no limit"));
    m_output = number(page, "settings.output", tr("Tokens of one answer"), 0, 10'000'000, m_settings.maxOutput);
    m_output->setSpecialValueText(tr("the engine's limit"));
    m_reserve = number(page, "settings.reserve", tr("Share of the window kept free"), 12, 90, m_settings.reservePercent, QStringLiteral(" %"));
    m_offline = named(new QCheckBox(tr("&Offline: open no socket"), page), "settings.offline", tr("Offline: open no socket"));
    m_offline->setChecked(m_settings.offline);
    m_secrets = choice(page, "settings.secrets", tr("Text that looks like a secret"),
                       {{"", tr("block before sending, allow in the built-in engine")}, {"block", tr("always block")}, {"mask", tr("overwrite with stars")}, {"allow", tr("allow")}},
                       m_settings.secrets);
    QString hosts;
    for (const std::string& host : m_settings.confirmedHosts)
        hosts += (hosts.isEmpty() ? "" : ", ") + q(host);
    m_hosts = named(new QLineEdit(hosts, page), "settings.hosts", tr("Hosts confirmed so far"));
    m_hosts->setReadOnly(true);
    m_hosts->setPlaceholderText(tr("none"));
    form->addRow(tr("&Budget of a run"), m_budget);
    form->addRow(tr("&Minutes of a run"), m_minutes);
    form->addRow(tr("&Tokens of one answer"), m_output);
    form->addRow(tr("&Window kept free"), m_reserve);
    form->addRow(tr("&Secrets"), m_secrets);
    form->addRow(QString(), m_offline);
    form->addRow(tr("Confirmed &hosts"), m_hosts);
    return page;
}

QWidget* SettingsDialog::readingPage() {
    auto* const page = new QWidget(this);
    page->setObjectName("settings.reading");
    auto* const form = new QFormLayout(page);
    m_maxFile = number(page, "settings.maxFile", tr("Largest text file"), 1, 2'000'000, int(m_settings.maxTextFile / 1000), tr(" kB"));
    m_pages = number(page, "settings.pages", tr("Most pages of a PDF"), 1, 1'000'000, m_settings.maxPdfPages);
    m_ocr = choice(page, "settings.ocr", tr("Pages without text"), {{"off", tr("leave them, and say so")}, {"missing", tr("recognise them")}}, m_settings.ocr);
    m_ocrLanguages = named(new QLineEdit(q(m_settings.ocrLanguages), page), "settings.ocrLanguages", tr("Languages of recognition"));
    form->addRow(tr("Largest &text file"), m_maxFile);
    form->addRow(tr("Most &pages of a PDF"), m_pages);
    form->addRow(tr("Pages without te&xt"), m_ocr);
    form->addRow(tr("&Languages of recognition"), m_ocrLanguages);
    return page;
}

QWidget* SettingsDialog::appearancePage() {
    auto* const page = new QWidget(this);
    page->setObjectName("settings.appearance");
    auto* const form = new QFormLayout(page);
    m_theme = choice(page, "settings.theme", tr("Theme"),
                     {{"system", tr("as the system")}, {"light", tr("light")}, {"dark", tr("dark")}, {"high-contrast", tr("high contrast")}}, m_settings.theme);
    m_scale = number(page, "settings.scale", tr("Scale"), 80, 200, m_settings.scalePercent, QStringLiteral(" %"));
    m_scale->setSingleStep(10);
    m_language = choice(page, "settings.language", tr("Language"), {{"", tr("as the system")}, {"en", QStringLiteral("English")}, {"de", QStringLiteral("Deutsch")}}, m_settings.language);
    m_motion = named(new QCheckBox(tr("&Reduced motion"), page), "settings.motion", tr("Reduced motion"));
    m_motion->setChecked(m_settings.reducedMotion);
    form->addRow(tr("&Theme"), m_theme);
    form->addRow(tr("&Scale"), m_scale);
    form->addRow(tr("&Language"), m_language);
    form->addRow(QString(), m_motion);
    form->addRow(hint(page, "settings.language.hint", tr("Another language shows after the next start.")));
    return page;
}

app::Settings SettingsDialog::settings() const {
    app::Settings s = m_settings;
    for (int row = 0; row < m_endpoints->rowCount() && std::size_t(row) < s.endpoints.size(); ++row)
        s.endpoints[std::size_t(row)] = editedEndpoint(row);
    s.effort = m_effort->currentData().toString().toStdString();
    s.thinking = m_thinking->isChecked();
    s.budget = m_budget->text().trimmed().toStdString();
    s.maxMinutes = m_minutes->value();
    s.maxOutput = m_output->value();
    s.reservePercent = m_reserve->value();
    s.offline = m_offline->isChecked();
    s.secrets = m_secrets->currentData().toString().toStdString();
    s.maxTextFile = std::uint64_t(m_maxFile->value()) * 1000;
    s.maxPdfPages = m_pages->value();
    s.ocr = m_ocr->currentData().toString().toStdString();
    s.ocrLanguages = m_ocrLanguages->text().toStdString();
    s.theme = m_theme->currentData().toString().toStdString();
    s.scalePercent = m_scale->value();
    s.language = m_language->currentData().toString().toStdString();
    s.reducedMotion = m_motion->isChecked();
    return s;
}

void SettingsDialog::accept() {
    const app::Settings edited = settings();
    QString wrong;
    if (!edited.budget.empty() && !app::parseMoney(edited.budget))
        wrong = tr("\"%1\" is no amount: write for example 1.50, or leave it empty.").arg(q(edited.budget));
    try {
        app::parseSettings(app::formatSettings(edited), tr("The settings").toStdString());
    } catch (const std::exception& problem) {
        wrong = QString::fromUtf8(problem.what());
    }
    if (wrong.isEmpty()) {
        m_keys->store();
        QDialog::accept();
        return;
    }
    auto* const box = new QMessageBox(QMessageBox::Warning, tr("Settings"), wrong.toHtmlEscaped(), QMessageBox::Ok, this);
    box->setObjectName("dialog.settings.wrong");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace ui
