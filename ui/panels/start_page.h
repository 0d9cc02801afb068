// StartPage: what is shown while nothing is open: three doors (a folder or repository, documents, a saved session), the
// bundled sample, and the sessions of late. Main thread.
#pragma once

#include "app/store/session_list.h"

#include <QWidget>

class QListWidget;
class QPushButton;

namespace ui {

class Desk;

class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(Desk& desk, QWidget* parent = nullptr);
    void refresh(); // lists the sessions again, in a job

signals:
    void folderWanted();
    void documentsWanted();
    void sessionWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    QPushButton* door(const QString& name, const QString& icon, const QString& title, const QString& sentence);
    void dress();
    Desk& m_desk;
    QListWidget* m_recent;
    std::vector<std::pair<QPushButton*, QString>> m_doors; // with the names of their icons
};

} // namespace ui
