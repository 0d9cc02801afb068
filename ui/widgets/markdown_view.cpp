#include "ui/widgets/markdown_view.h"

#include "ui/widgets/visible_text.h"

#include <QDesktopServices>
#include <QMessageBox>
#include <QPushButton>

namespace ui {

namespace {

// A web address whose host cannot pretend to be another: encoded, in ASCII.
QUrl webAddress(const QString& target) {
    const QUrl url(target, QUrl::StrictMode);
    const bool web = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    return url.isValid() && web && !url.host().isEmpty() && url.userInfo().isEmpty() ? url : QUrl();
}

bool hasScheme(const QString& target) {
    const qsizetype colon = target.indexOf(QLatin1Char(':'));
    return target.contains(QLatin1String("//")) || (colon > 1 && !target.mid(colon + 1).contains(QLatin1Char('.')) && colon + 1 < target.size() && !target[colon + 1].isDigit());
}

} // namespace

MarkdownView::MarkdownView(QWidget* parent) : TextBlocksView(parent) {
    setObjectName(QStringLiteral("markdown"));
    setAccessibleName(tr("Text of the model"));
    connect(this, &TextBlocksView::linkActivated, this, &MarkdownView::activate);
}

void MarkdownView::setMarkdown(const QString& markdown) {
    m_source = markdown.toStdString();
    m_blocks.clear();
    parseMarkdown(m_source, 0, {}, m_blocks);
    blocksChanged(0);
}

void MarkdownView::append(const QString& chunk) {
    m_source += chunk.toStdString();
    blocksChanged(int(reparseTail(m_source, m_blocks)));
}

ShownBlock MarkdownView::blockAt(int index) const {
    const MarkdownBlock& block = m_blocks[std::size_t(index)];
    ShownBlock shown;
    shown.kind = block.kind;
    shown.level = block.level;
    shown.quoteDepth = block.quoteDepth;
    shown.marker = visibleText(block.marker, Breaks::Escape);
    shown.content = shownText(block.content);
    shown.before = block.before.inTable;
    for (const auto& row : block.rows) {
        auto& cells = shown.rows.emplace_back();
        for (const StyledText& cell : row)
            cells.push_back(shownText(cell));
    }
    return shown;
}

int MarkdownView::lengthOf(int index) const {
    return int(m_blocks[std::size_t(index)].content.text.size());
}

QString MarkdownView::linkMeaning(const QString& target) const {
    const QUrl url = webAddress(target);
    if (!url.isEmpty())
        return tr("%1 (asks before it opens)").arg(QString::fromLatin1(url.toEncoded()));
    return hasScheme(target) ? tr("%1 (never opened)").arg(target) : tr("%1 (shown in the corpus)").arg(target);
}

void MarkdownView::activate(const QString& target) {
    const QUrl url = webAddress(target);
    if (url.isEmpty()) {
        if (!hasScheme(target))
            emit placeActivated(target);
        return;
    }
    auto* dialog = new QMessageBox(this);
    dialog->setObjectName(QStringLiteral("dialog.link"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setTextFormat(Qt::PlainText);
    dialog->setWindowTitle(tr("Open a web page?"));
    dialog->setText(tr("A model wrote this link. Opening it starts your browser, which tells the host that you came:"));
    dialog->setInformativeText(QString::fromLatin1(url.toEncoded()));
    auto* open = dialog->addButton(tr("Open"), QMessageBox::AcceptRole);
    open->setObjectName(QStringLiteral("link.open"));
    dialog->setDefaultButton(dialog->addButton(QMessageBox::Cancel));
    connect(open, &QPushButton::clicked, this, [this, url] {
        if (openLink)
            openLink(url);
        else
            QDesktopServices::openUrl(url);
    });
    dialog->open();
}

} // namespace ui
