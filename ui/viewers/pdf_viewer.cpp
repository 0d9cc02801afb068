#include "ui/viewers/pdf_viewer.h"

#include "ui/viewers/thumbnails.h"
#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

PdfViewer::PdfViewer(QWidget* parent) : QWidget(parent), m_tiles(new PageTiles(this)) {
    setObjectName(QStringLiteral("evidence.pdf"));
    setAccessibleName(tr("Document pages"));
    m_pages = new PdfPages(*m_tiles, this);
    m_thumbnails = new ThumbnailModel(*m_tiles, this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("evidence.thumbnails"));
    m_list->setAccessibleName(tr("Pages as thumbnails"));
    m_list->setModel(m_thumbnails);
    m_list->setItemDelegate(new ThumbnailDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setMinimumWidth(60);
    m_text = new QPlainTextEdit(this);
    m_text->setObjectName(QStringLiteral("evidence.modelText"));
    m_text->setAccessibleName(tr("What the model saw of this page"));
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setFrameShape(QFrame::NoFrame);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setObjectName(QStringLiteral("evidence.pdf.splitter"));
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_pages);
    m_splitter->addWidget(m_text);
    m_splitter->setStretchFactor(1, 3);
    m_splitter->setStretchFactor(2, 2);
    m_splitter->setSizes({126, 500, 260});

    m_badge = new QLabel(this);
    m_badge->setObjectName(QStringLiteral("evidence.quality"));
    m_notice = new QLabel(this);
    m_notice->setObjectName(QStringLiteral("evidence.pdf.notice"));
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setWordWrap(true);
    m_notice->hide();
    m_sawText = new QToolButton(this);
    m_sawText->setObjectName(QStringLiteral("evidence.showModelText"));
    m_sawText->setText(tr("What the model saw"));
    m_sawText->setAccessibleName(m_sawText->text());
    m_sawText->setCheckable(true);
    m_sawText->setMinimumSize(24, 24);
    connect(m_sawText, &QToolButton::toggled, m_text, &QWidget::setVisible);
    m_text->hide();

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 2, 8, 2);
    bar->addWidget(m_badge, 1);
    bar->addWidget(m_sawText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_notice);
    layout->addWidget(m_splitter, 1);

    connect(m_pages, &PdfPages::pageChanged, this, &PdfViewer::pageTurned);
    connect(m_pages, &PdfPages::markActivated, this, &PdfViewer::markActivated);
    connect(m_list, &QListView::activated, this, [this](const QModelIndex& index) { m_pages->showPage(index.row() + 1); });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { m_pages->showPage(index.row() + 1); });
    connect(m_tiles, &PageTiles::pageReady, m_list->viewport(), qOverload<>(&QWidget::update));
    connect(m_tiles, &PageTiles::failed, this, [this](const QString& sentence) {
        m_notice->setText(tr("No picture: %1 The text and its places are shown instead.").arg(visibleText(sentence)));
        m_notice->show();
    });
}

void PdfViewer::setDocument(std::shared_ptr<const ingest::Document> document, PageTiles::ReadBytes read, const QString& helper) {
    if (document == m_document)
        return;
    m_document = document;
    m_marks.clear();
    m_notice->hide();
    m_tiles->setDocument(document, std::move(read), helper);
    m_thumbnails->setDocument(document);
    m_pages->setDocument(document);
    m_list->setVisible(document && document->pages().size() > 1);
    pageTurned(document ? 1 : 0);
}

void PdfViewer::setMarks(std::vector<ViewMark> marks) {
    m_marks = marks;
    m_thumbnails->setMarks(marks);
    m_pages->setMarks(std::move(marks));
    showModelText(m_pages->currentPage());
}

void PdfViewer::show(std::size_t begin, std::size_t end) {
    m_pages->show(begin, end);
    pageTurned(m_pages->currentPage());
}

void PdfViewer::pageTurned(int page) {
    if (!m_document || page < 1) {
        m_badge->clear();
        m_text->clear();
        return;
    }
    const ingest::Page& one = m_document->pages()[std::size_t(page - 1)];
    const auto hidden = std::count_if(one.words.begin(), one.words.end(), [](const ingest::Word& word) { return word.hidden != ingest::Hidden::No; });
    QString words = tr("Page %1 of %2").arg(page).arg(m_document->pages().size()) + QStringLiteral("  ·  ") + (one.words.empty() ? tr("no text") : tr("text"));
    if (hidden > 0)
        words += QStringLiteral("  ·  ⚠ ") + tr("%n hidden word(s), marked in what the model saw", nullptr, int(hidden));
    m_badge->setText(words);
    m_badge->setAccessibleName(words);
    const QModelIndex index = m_thumbnails->index(page - 1);
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
    showModelText(page);
}

// The page's text as it went to the model: hidden words and the quote in view are marked.
void PdfViewer::showModelText(int page) {
    if (!m_document || page < 1)
        return;
    const ingest::Page& one = m_document->pages()[std::size_t(page - 1)];
    QString shown;
    QList<QTextEdit::ExtraSelection> marked;
    std::vector<std::pair<std::size_t, std::pair<std::size_t, QTextCharFormat>>> spans;
    for (const ViewMark& mark : m_marks)
        if (mark.current && mark.begin < one.end && mark.end > one.begin) {
            QTextCharFormat format;
            format.setBackground(litColour(palette()));
            spans.push_back({std::max(mark.begin, one.begin), {std::min(mark.end, one.end), format}});
        }
    for (const ingest::Word& word : one.words)
        if (word.hidden != ingest::Hidden::No) {
            QTextCharFormat format;
            format.setForeground(styleOf(app::Severity::High, palette()).colour);
            format.setFontStrikeOut(true);
            format.setToolTip(word.hidden == ingest::Hidden::Tiny ? tr("too small to be seen") : word.hidden == ingest::Hidden::OffPage ? tr("outside the page") : tr("leaves no ink"));
            spans.push_back({word.begin, {word.end, format}});
        }
    const std::string_view text = std::string_view(m_document->text()).substr(one.begin, one.end - one.begin);
    shown = visibleText(text);
    m_text->setPlainText(one.words.empty() ? tr("The model saw no text of this page.") : shown);
    if (one.words.empty())
        return;
    for (const auto& [begin, rest] : spans) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_text->document());
        selection.cursor.setPosition(int(visibleText(text.substr(0, begin - one.begin)).size()));
        selection.cursor.setPosition(int(visibleText(text.substr(0, rest.first - one.begin)).size()), QTextCursor::KeepAnchor);
        selection.format = rest.second;
        marked.append(selection);
        if (marked.size() >= 500)
            break;
    }
    m_text->setExtraSelections(marked);
    if (!marked.isEmpty()) {
        QTextCursor cursor = marked.first().cursor;
        cursor.clearSelection();
        m_text->setTextCursor(cursor);
    }
}

} // namespace ui
