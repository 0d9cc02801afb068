// A plug-in that the real lectern-desktop loads when a test says so (QT_QPA_GENERIC_PLUGINS=lectern_driver):
// it does by object name what a person would do, one command a line on standard input, one answer a line on
// standard output.
//   click NAME · trigger ACTION · type NAME TEXT · choose NAME INDEX · activate NAME ROW · key NAME KEYS ·
//   close NAME text NAME · visible NAME · enabled NAME · rows NAME · row NAME ROW · find NAME TEXT · grab
//   FILE · painted · stalls
// An answer is "ok …", or "no …" with the reason. `painted` is the moment of the first paint on the monotonic
// clock.
#include "tests/support/stall_watch.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QGenericPlugin>
#include <QLineEdit>
#include <QPointer>
#include <QSocketNotifier>
#include <QtTest>

#include <cstdio>
#include <functional>
#include <memory>

namespace {

QWidget* widgetOf(const QString& name) {
    QWidget* hidden = nullptr;
    for (QWidget* const widget : QApplication::allWidgets())
        if (widget->objectName() == name) {
            if (widget->isVisible()) return widget;
            hidden = widget;
        }
    return hidden;
}

QAction* actionOf(const QString& name) {
    for (QWidget* const top : QApplication::topLevelWidgets())
        if (QAction* const action = top->findChild<QAction*>(name)) return action;
    return nullptr;
}

QString oneLine(QString text) {
    return text.replace('\n', ' ');
}

} // namespace

class Driver : public QObject {
    Q_OBJECT
public:
    Driver() : m_input(0, QSocketNotifier::Read) {
        QCoreApplication::instance()->installEventFilter(this);
        connect(&m_input, &QSocketNotifier::activated, this, &Driver::read);
    }
    bool eventFilter(QObject* object, QEvent* event) override {
        if (m_painted == 0 && event->type() == QEvent::Paint && object->objectName() == "window") {
            m_painted = -1;
            QTimer::singleShot(0, this, [this] {
                m_painted = std::chrono::steady_clock::now().time_since_epoch().count();
                m_watch = std::make_unique<testing::StallWatch>();
            });
        }
        return false;
    }

private:
    void read() {
        char bytes[4096];
        const ssize_t got = ::read(0, bytes, sizeof bytes);
        if (got <= 0) {
            m_input.setEnabled(false);
            return;
        }
        m_pending.append(bytes, got);
        for (qsizetype end = 0; (end = m_pending.indexOf('\n')) >= 0;) {
            const QString line = QString::fromUtf8(m_pending.left(end));
            m_pending.remove(0, end + 1);
            // A command may open a dialog that runs its own loop: the answer goes out first.
            const QString verb = line.section(' ', 0, 0), name = line.section(' ', 1, 1),
                          rest = line.section(' ', 2);
            const QString reply = answer(verb, name, rest);
            std::fprintf(stdout, "%s\n", reply.toUtf8().constData());
            std::fflush(stdout);
            if (m_then) std::exchange(m_then, nullptr)();
        }
    }

    QString answer(const QString& verb, const QString& name, const QString& rest) {
        if (verb == "painted")
            return m_painted > 0 ? "ok " + QString::number(m_painted) : QString("no paint yet");
        if (verb == "stalls")
            return QString("ok %1 %2")
                .arg(m_watch ? m_watch->longest() : 0, 0, 'f', 1)
                .arg(oneLine(m_watch ? m_watch->stalls().join("; ") : QString()));
        if (verb == "trigger" || (verb == "enabled" && name.startsWith("action."))) {
            QAction* const action = actionOf(name);
            if (!action || !action->isEnabled())
                return "no " + name + (action ? " is disabled" : " is not there");
            if (verb == "trigger") later(action, [action] { action->trigger(); });
            return "ok";
        }
        QWidget* const widget = widgetOf(name);
        if (!widget) return "no " + name + " is not there";
        if (verb == "visible") return widget->isVisible() ? "ok" : "no " + name + " is hidden";
        if (verb == "enabled") return widget->isEnabled() ? "ok" : "no " + name + " is disabled";
        if (verb == "text") return "ok " + oneLine(textOf(*widget));
        if (verb == "close") {
            later(widget, [widget] { widget->close(); });
            return "ok";
        }
        if (verb == "grab") return widget->grab().save(rest) ? "ok" : "no picture";
        if (verb == "key") {
            const QKeyCombination keys = QKeySequence(rest)[0];
            later(widget, [widget, keys] { QTest::keyClick(widget, keys.key(), keys.keyboardModifiers()); });
            return "ok";
        }
        if (auto* const button = qobject_cast<QAbstractButton*>(widget); button && verb == "click") {
            if (!button->isVisible() || !button->isEnabled()) return "no " + name + " cannot be clicked";
            later(button, [button] { QTest::mouseClick(button, Qt::LeftButton); });
            return "ok";
        }
        if (auto* const edit = qobject_cast<QLineEdit*>(widget); edit && verb == "type") {
            edit->setText(rest);
            later(edit, [edit] { emit edit->textEdited(edit->text()), emit edit->editingFinished(); });
            return "ok";
        }
        if (auto* const box = qobject_cast<QComboBox*>(widget); box && verb == "choose") {
            later(box, [box, index = rest.toInt()] { box->setCurrentIndex(index); });
            return "ok";
        }
        if (auto* const view = qobject_cast<QAbstractItemView*>(widget)) return answerOf(*view, verb, rest);
        return "no " + verb + " for " + name;
    }

    QString answerOf(QAbstractItemView& view, const QString& verb, const QString& rest) {
        const QAbstractItemModel& model = *view.model();
        if (verb == "rows") return QString("ok %1").arg(model.rowCount());
        if (verb == "row") return "ok " + oneLine(model.index(rest.toInt(), 0).data().toString());
        if (verb == "find") {
            for (int row = 0; row < model.rowCount(); ++row)
                if (model.index(row, 0).data().toString().contains(rest)) return QString("ok %1").arg(row);
            return "no row holds " + rest;
        }
        if (verb == "activate") {
            const QModelIndex index = model.index(rest.toInt(), 0);
            if (!index.isValid()) return "no row " + rest;
            view.setCurrentIndex(index);
            later(&view, [&view, index] { emit view.activated(index); });
            return "ok";
        }
        return "no " + verb + " for a list";
    }

    static QString textOf(QWidget& widget) {
        if (const QVariant text = widget.property("text"); text.isValid()) return text.toString();
        // What a screen reader would read.
        QAccessibleInterface* const face = QAccessible::queryAccessibleInterface(&widget);
        return face && face->textInterface()
                   ? face->textInterface()->text(0, face->textInterface()->characterCount())
                   : QString();
    }

    void later(QObject* owner, std::function<void()> call) {
        m_then = [owner = QPointer<QObject>(owner), call = std::move(call)] {
            if (owner) QTimer::singleShot(0, owner, call);
        };
    }

    QSocketNotifier m_input;
    QByteArray m_pending;
    std::function<void()> m_then;
    std::unique_ptr<testing::StallWatch> m_watch;
    qint64 m_painted = 0;
};

class DriverPlugin : public QGenericPlugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QGenericPluginFactoryInterface_iid FILE "driver.json")
public:
    QObject* create(const QString&, const QString&) override { return new Driver; }
};

#include "driver.moc"
