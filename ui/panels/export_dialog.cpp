#include "ui/panels/export_dialog.h"

#include "app/report/export_pdf.h"
#include "app/resources.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace ui {

namespace {

const std::pair<const char*, app::Format> formats[] = {{"HTML", app::Format::Html},   {"Markdown", app::Format::Markdown}, {"PDF", app::Format::Pdf},
                                                       {"JSON", app::Format::Json},   {"SARIF", app::Format::Sarif},       {"CSV", app::Format::Csv},
                                                       {"JUnit", app::Format::JUnit}, {"Code quality", app::Format::CodeQuality}};
constexpr int mostPreview = 200'000; // characters

template <class Widget> Widget* named(Widget* widget, const QString& name, const QString& title) {
    widget->setObjectName(name);
    widget->setAccessibleName(title);
    return widget;
}

} // namespace

ExportDialog::ExportDialog(Desk& desk, QWidget* parent) : QDialog(parent), m_desk(desk) {
    setObjectName("dialog.export");
    setWindowTitle(tr("Export the report"));
    setAccessibleName(tr("Export the report"));
    m_format = named(new QComboBox(this), "export.format", tr("Format"));
    for (const auto& [name, format] : formats)
        m_format->addItem(QString::fromLatin1(name), int(format));
    m_least = named(new QComboBox(this), "export.severity", tr("Lowest severity"));
    for (int i = 0; i <= int(app::Severity::Critical); ++i)
        m_least->addItem(severityText(app::Severity(i)));
    m_rejected = named(new QCheckBox(tr("Rejected and dismissed ones &too"), this), "export.rejected", tr("Rejected and dismissed ones too"));
    m_extractive = named(new QCheckBox(tr("No sentence that a model &worded"), this), "export.extractive", tr("No sentence that a model worded"));
    m_excerpts = named(new QSpinBox(this), "export.excerpts", tr("Lines around a quote"));
    m_excerpts->setRange(0, 20);
    m_excerpts->setValue(2);
    m_redactions = named(new QPlainTextEdit(this), "export.redactions", tr("Words to take out"));
    m_redactions->setPlaceholderText(tr("words to take out, one a line"));
    m_redactions->setTabChangesFocus(true);
    m_redactions->setMaximumHeight(fontMetrics().height() * 5);
    m_preview = named(new QPlainTextEdit(this), "export.preview", tr("Preview"));
    m_preview->setReadOnly(true);
    m_preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_preview->setTabChangesFocus(true);
    m_preview->setFont(QFont("monospace", font().pointSize()));
    m_state = new QLabel(this);
    m_state->setObjectName("export.state");
    m_state->setWordWrap(true);
    m_save = named(new QPushButton(tr("&Save…"), this), "export.save", tr("Save the report"));
    m_save->setProperty("primary", true);
    m_close = named(new QPushButton(tr("&Close"), this), "export.close", tr("Close"));

    auto* const form = new QFormLayout;
    form->addRow(tr("&Format"), m_format);
    form->addRow(tr("Lowest se&verity"), m_least);
    form->addRow(tr("&Lines around a quote"), m_excerpts);
    const std::pair<const char*, QString> sections[] = {{"summary", tr("Summary")}, {"answer", tr("Answer")}, {"findings", tr("Findings")}, {"coverage", tr("Coverage")},
                                                        {"manifest", tr("All files")}, {"log", tr("Searches")}, {"cost", tr("Costs")}};
    auto* const boxes = new QVBoxLayout;
    for (const auto& [id, words] : sections) {
        auto* const box = named(new QCheckBox(words, this), QStringLiteral("export.section.") + QString::fromLatin1(id), words);
        box->setChecked(true);
        m_sections.push_back(box);
        boxes->addWidget(box);
        connect(box, &QCheckBox::toggled, this, &ExportDialog::preview);
    }
    form->addRow(tr("Sections"), boxes);
    form->addRow(QString(), m_rejected);
    form->addRow(QString(), m_extractive);
    form->addRow(tr("&Take out"), m_redactions);
    auto* const buttons = new QHBoxLayout;
    buttons->addWidget(m_state, 1);
    buttons->addWidget(m_close);
    buttons->addWidget(m_save);
    auto* const columns = new QHBoxLayout;
    columns->addLayout(form, 2);
    columns->addWidget(m_preview, 5);
    auto* const layout = new QVBoxLayout(this);
    layout->addLayout(columns, 1);
    layout->addLayout(buttons);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::preview);
    connect(m_least, &QComboBox::currentIndexChanged, this, &ExportDialog::preview);
    connect(m_rejected, &QCheckBox::toggled, this, &ExportDialog::preview);
    connect(m_extractive, &QCheckBox::toggled, this, &ExportDialog::preview);
    connect(m_excerpts, &QSpinBox::valueChanged, this, &ExportDialog::preview);
    connect(m_redactions, &QPlainTextEdit::textChanged, this, &ExportDialog::preview);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, [this] {
        if (const QStringList chosen = m_desk.askPath ? m_desk.askPath("export:report." + QString::fromLatin1(app::extensionOf(format()))) : QStringList(); !chosen.isEmpty())
            writeTo(chosen.first());
    });
    resize(fontMetrics().averageCharWidth() * 130, fontMetrics().height() * 34);
    preview();
}

app::Format ExportDialog::format() const {
    return app::Format(m_format->currentData().toInt());
}

app::ExportOptions ExportDialog::options() const {
    app::ExportOptions options;
    for (const QCheckBox* const box : m_sections)
        if (box->isChecked())
            options.sections.push_back(box->objectName().section('.', -1).toStdString());
    if (options.sections.size() == m_sections.size())
        options.sections.clear(); // all, also those of a later version
    options.least = app::Severity(m_least->currentIndex());
    options.rejected = m_rejected->isChecked();
    options.extractive = m_extractive->isChecked();
    options.excerptLines = m_excerpts->value();
    for (const QString& line : m_redactions->toPlainText().split('\n', Qt::SkipEmptyParts))
        options.redactions.emplace_back(line.toStdString(), "[redacted]");
    return options;
}

void ExportDialog::preview() {
    const ReportPtr report = m_desk.report();
    m_save->setEnabled(report != nullptr);
    if (!report) {
        m_state->setText(tr("There is no report yet."));
        return;
    }
    m_desk.jobs().start<QString>(
        "export.preview", this,
        [report, options = options(), format = format()](const app::JobContext&) {
            const std::string text = format == app::Format::Pdf ? app::exportReport(*report, app::Format::Markdown, options) : app::exportReport(*report, format, options);
            return q(std::string_view(text).substr(0, mostPreview));
        },
        [this](const QString& text) {
            m_preview->setPlainText(text);
            m_state->setText(format() == app::Format::Pdf ? tr("A PDF holds the same words, laid out on pages.") : QString());
        },
        [this](const QString& problem) { m_state->setText(problem); });
}

void ExportDialog::writeTo(const QString& file) {
    const ReportPtr report = m_desk.report();
    if (!report)
        return;
    m_save->setEnabled(false);
    m_desk.jobs().start<bool>(
        "export", this,
        [report, file, options = options(), format = format()](const app::JobContext&) {
            if (format == app::Format::Pdf)
                app::exportPdf(app::renderPrintHtml(*report, options), file.toStdString(), report->subject.empty() ? "Report" : report->subject.front().name);
            else
                app::writeFileAtomically(file.toStdString(), app::exportReport(*report, format, options));
            return true;
        },
        [this, file](bool) {
            m_save->setEnabled(true);
            m_state->setText(tr("Written to %1").arg(file));
            m_desk.say(tr("The report is written to %1").arg(file));
            emit written(file);
        },
        [this](const QString& problem) {
            m_save->setEnabled(true);
            m_state->setText(problem);
        });
}

} // namespace ui
