// SettingsDialog: engine and endpoints, limits, privacy, reading defaults, appearance, language. Edits a copy; OK hands it
// to the Desk. A key is never typed here: an endpoint names the variable or the file that holds it. Main thread.
#pragma once

#include "app/settings.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace ui {

class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    explicit SettingsDialog(const app::Settings& settings, QWidget* parent = nullptr);
    app::Settings settings() const; // as edited
    void accept() override;         // stays open while something is wrong, and says what

private:
    QWidget* enginePage();
    QWidget* limitsPage();
    QWidget* readingPage();
    QWidget* appearancePage();
    void addEndpoint(const app::Endpoint& endpoint);

    app::Settings m_settings;
    QComboBox *m_effort, *m_theme, *m_language, *m_ocr, *m_secrets;
    QCheckBox *m_thinking, *m_offline, *m_motion;
    QLineEdit *m_budget, *m_ocrLanguages, *m_hosts;
    QSpinBox *m_minutes, *m_output, *m_reserve, *m_maxFile, *m_pages, *m_scale;
    QTableWidget* m_endpoints;
    QPushButton *m_add, *m_remove;
};

} // namespace ui
