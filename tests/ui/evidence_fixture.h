// What the tests of findings and evidence share: a corpus made in memory, findings over it, palettes, pictures kept for
// the eye (folder in LECTERN_SCREENSHOTS), and the measure of lit pixels.
#pragma once

#include "app/report/citation.h"
#include "app/report/finding.h"
#include "app/report/report.h"
#include "ingest/corpus.h"

#include <QAccessible>
#include <QApplication>
#include <QDir>
#include <QImage>
#include <QPalette>
#include <QWidget>

#include <memory>
#include <string>
#include <vector>

namespace testing {

inline std::shared_ptr<const ingest::Document> textDocument(const std::string& path, const std::string& text) {
    return std::make_shared<ingest::Document>(path, ingest::Kind::Code, text, app::sha256Hex(text), text.size());
}

inline std::shared_ptr<const ingest::Corpus> corpusOf(const std::vector<std::shared_ptr<const ingest::Document>>& documents) {
    ingest::CorpusBuilder builder;
    for (const auto& document : documents)
        builder.add(document);
    return builder.build();
}

inline app::Evidence evidenceOf(const ingest::Corpus& corpus, const std::string& path, const std::string& words, app::EvidenceRole role) {
    const auto index = corpus.find(path);
    const std::size_t begin = corpus.document(*index).text().find(words);
    return app::evidenceAt(corpus, {*index, begin, begin + words.size()}, role);
}

inline app::Finding findingOf(int number, app::Severity severity, const std::string& title, std::vector<app::Evidence> evidence) {
    app::Finding finding;
    finding.id = 'F' + std::to_string(number);
    finding.fingerprint = "print-" + std::to_string(number);
    finding.rule = "R" + std::to_string(1 + number % 7);
    finding.kind = number % 2 ? "bug" : "security";
    finding.severity = severity;
    finding.title.text = title;
    finding.claim = {"The length is read before it is checked.", app::Origin::Generated};
    finding.claim.supports = app::Supports::Yes;
    finding.claim.evidence = evidence;
    finding.consequence = {"A short packet reads past its end.", app::Origin::Generated};
    finding.consequence.supports = app::Supports::No;
    finding.evidence = std::move(evidence);
    finding.votesFor = 2;
    finding.votesOf = 3;
    return finding;
}

inline QPalette darkPalette() {
    QPalette dark(QColor(0x2b, 0x30, 0x37), QColor(0x20, 0x24, 0x2a));
    dark.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x23));
    dark.setColor(QPalette::AlternateBase, QColor(0x25, 0x29, 0x30));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        dark.setColor(role, QColor(0xe6, 0xe9, 0xed));
    dark.setColor(QPalette::PlaceholderText, QColor(0xa0, 0xa6, 0xae));
    dark.setColor(QPalette::Link, QColor(0x8a, 0xb4, 0xff));
    dark.setColor(QPalette::Highlight, QColor(0x3b, 0x6f, 0xc4));
    dark.setColor(QPalette::HighlightedText, Qt::white);
    return dark;
}

inline void keepPicture(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("LECTERN_SCREENSHOTS");
    if (!folder.isEmpty() && QDir().mkpath(folder))
        widget.grab().save(folder + '/' + name + QStringLiteral(".png"));
}

// Every control inside has a name, and every widget a person can reach an object name.
inline QStringList unnamed(const QWidget& root) {
    QStringList missing;
    for (const QWidget* widget : root.findChildren<QWidget*>())
        if (widget->focusPolicy() != Qt::NoFocus && widget->isVisibleTo(&root) && !widget->objectName().startsWith(QLatin1String("qt_"))) {
            QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
            if (widget->objectName().isEmpty() || !interface || interface->text(QAccessible::Name).isEmpty())
                missing << QString::fromLatin1(widget->metaObject()->className()) + ' ' + widget->objectName();
        }
    return missing;
}

} // namespace testing
