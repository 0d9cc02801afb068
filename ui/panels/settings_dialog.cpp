#include "ui/panels/settings_dialog.h"

#include "app/cost.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

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
                           tr("A served model: its address, the model's name there, and where the key is: the name of an environment variable, or a file "
                              "that only you can read. The key itself is never stored by Lectern.")));
    m_endpoints = named(new QTableWidget(0, 7, page), "settings.endpoints", tr("Endpoints"));
    m_endpoints->setHorizontalHeaderLabels({tr("Name"), tr("Address"), tr("Model"), tr("Key variable"), tr("Key file"), tr("Price row"), tr("Window")});
    named(m_endpoints->horizontalHeader(), "settings.endpoints.header", tr("Endpoints"));
    m_endpoints->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
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
    row->addWidget(m_remove);
    row->addStretch(1);
    layout->addLayout(row);
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
    const std::string cells[] = {e.name, e.url, e.model, e.keyVariable, e.keyFile, e.priceId, e.window > 0 ? std::to_string(e.window) : std::string()};
    for (int i = 0; i < 7; ++i)
        m_endpoints->setItem(row, i, new QTableWidgetItem(q(cells[i])));
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
    for (int row = 0; row < m_endpoints->rowCount() && std::size_t(row) < s.endpoints.size(); ++row) {
        const auto cell = [&](int column) { return m_endpoints->item(row, column)->text().trimmed().toStdString(); };
        app::Endpoint& e = s.endpoints[std::size_t(row)];
        e.name = cell(0), e.url = cell(1), e.model = cell(2), e.keyVariable = cell(3), e.keyFile = cell(4), e.priceId = cell(5);
        e.window = m_endpoints->item(row, 6)->text().remove(QLocale().groupSeparator()).toLongLong();
    }
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
        QDialog::accept();
        return;
    }
    auto* const box = new QMessageBox(QMessageBox::Warning, tr("Settings"), wrong.toHtmlEscaped(), QMessageBox::Ok, this);
    box->setObjectName("dialog.settings.wrong");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace ui
