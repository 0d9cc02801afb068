// ExportDialog: the report as a file: format, sections, severity, what is taken out; with a preview of the very bytes that
// will be written. Main thread; rendering runs in a job of the Desk.
#pragma once

#include "app/report/export.h"
#include "ui/desk.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace ui {

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    explicit ExportDialog(Desk& desk, QWidget* parent = nullptr);
    void writeTo(const QString& file);
    app::Format format() const;
    app::ExportOptions options() const;

signals:
    void written(const QString& file);

private:
    void preview();

    Desk& m_desk;
    QComboBox *m_format, *m_least;
    std::vector<QCheckBox*> m_sections;
    QCheckBox *m_rejected, *m_extractive;
    QSpinBox* m_excerpts;
    QPlainTextEdit *m_redactions, *m_preview;
    QLabel* m_state;
    QPushButton *m_save, *m_close;
};

} // namespace ui
