// SettingsDialog: engine and endpoints, limits, privacy, reading defaults, appearance, language, keyboard. Edits a copy;
// OK hands it to the Desk. A key that is typed here goes to the system's key ring at once and into nothing else; else an
// endpoint names the variable or the file that holds it. Main thread.
#pragma once

#include "app/backend/key_source.h"
#include "app/settings.h"

#include <QDialog>

#include <functional>
#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace ui {

class ShortcutEditor;

class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    explicit SettingsDialog(const app::Settings& settings, QWidget* parent = nullptr);
    app::Settings settings() const; // as edited
    void accept() override;         // stays open while something is wrong, and says what

    // What takes time is the caller's, who answers with a sentence; unset, the buttons are off.
    using Said = std::function<void(const QString& sentence)>;
    void setEndpointTest(std::function<void(const app::Endpoint&, Said)> test);
    void setKeyStore(std::function<void(const app::Endpoint&, std::shared_ptr<app::Secret>, Said problem)> store);
    // Seam: asks for the key of the address; unset, the dialog "dialog.key".
    std::function<void(const QString& address, std::function<void(QString)> typed)> askKey;

private:
    QWidget* enginePage();
    QWidget* limitsPage();
    QWidget* readingPage();
    QWidget* appearancePage();
    void addEndpoint(const app::Endpoint& endpoint);
    app::Endpoint editedEndpoint(int row) const;
    void endpointChosen();
    void storeKey();
    void askInDialog(const QString& address, std::function<void(QString)> typed);

    app::Settings m_settings;
    QComboBox *m_effort, *m_theme, *m_language, *m_ocr, *m_secrets;
    QCheckBox *m_thinking, *m_offline, *m_motion;
    QLineEdit *m_budget, *m_ocrLanguages, *m_hosts;
    QSpinBox *m_minutes, *m_output, *m_reserve, *m_maxFile, *m_pages, *m_scale;
    QTableWidget* m_endpoints;
    QPushButton *m_add, *m_remove, *m_key, *m_test;
    QLabel* m_endpointState;
    ShortcutEditor* m_keys;
    std::function<void(const app::Endpoint&, Said)> m_testEndpoint;
    std::function<void(const app::Endpoint&, std::shared_ptr<app::Secret>, Said)> m_storeKey;
};

} // namespace ui
