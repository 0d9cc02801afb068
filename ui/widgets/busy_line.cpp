#include "ui/widgets/busy_line.h"

#include "ui/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace ui {

BusyLine::BusyLine(QWidget* parent) : QWidget(parent), m_what(new QLabel(this)), m_bar(new QProgressBar(this)), m_stop(new QPushButton(tr("Stop"), this)) {
    m_what->setObjectName("busy.what");
    m_what->setTextFormat(Qt::PlainText);
    m_what->setMinimumWidth(1);
    m_what->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_bar->setObjectName("busy.bar");
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setFixedWidth(fontMetrics().averageCharWidth() * 34);
    m_stop->setObjectName("busy.stop");
    m_stop->setAccessibleName(tr("Stop"));
    auto* const layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->addWidget(m_what, 1);
    layout->addWidget(m_bar);
    layout->addWidget(m_stop);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stopping = true;
        m_stop->setEnabled(false);
        m_what->setText(tr("Stopping; what was done is kept"));
        emit stopWanted();
    });
    end(tr("Ready"));
}

void BusyLine::begin(const QString& what) {
    m_stopping = false;
    m_what->setText(what);
    m_bar->setRange(0, 0);
    m_bar->setVisible(true);
    m_stop->setVisible(true);
    m_stop->setEnabled(true);
}

void BusyLine::progress(const QString& what, qint64 done, qint64 total, const QString& detail) {
    if (m_stopping || !m_stop->isVisibleTo(this))
        return;
    QString words = what;
    if (total > 0)
        words += tr("  %1 of %2").arg(countText(done), countText(total));
    else if (done > 0)
        words += "  " + countText(done);
    if (!detail.isEmpty())
        words += "  " + oneLine(detail.toStdString(), 120);
    m_what->setText(words);
    m_bar->setRange(0, total > 0 ? 1000 : 0);
    m_bar->setValue(total > 0 ? int(done * 1000 / total) : 0);
}

void BusyLine::end(const QString& what) {
    m_stopping = false;
    m_what->setText(what);
    m_bar->setVisible(false);
    m_stop->setVisible(false);
}

} // namespace ui
