#include "app/report/export_pdf.h"

#include "app/report/pdf_bookmarks.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QByteArray>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QImage>
#include <QMarginsF>
#include <QPageLayout>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QScreen>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFrame>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace app {

namespace {

constexpr int resolution = 1200;          // device units an inch; text is laid out in them
constexpr double unit = resolution / 72.; // of a point
constexpr double sideMargin = 54, topMargin = 50, bottomMargin = 62; // points

// QTextDocument asks for every picture and style sheet by name; a report may name whatever a hostile corpus
// said.
class ClosedDocument : public QTextDocument {
protected:
    QVariant loadResource(int type, const QUrl& name) override {
        if (type == ImageResource && name.scheme() == QLatin1String("data")) {
            const QString text = name.toString(QUrl::FullyEncoded);
            const qsizetype comma = text.indexOf(QLatin1Char(','));
            if (comma > 0 && text.left(comma).endsWith(QLatin1String(";base64")))
                return QImage::fromData(
                    QByteArray::fromBase64(QByteArray::fromPercentEncoding(text.mid(comma + 1).toLatin1())));
        }
        // Something empty; for nothing at all the base class would look for a file or draw a broken picture.
        if (type == ImageResource) {
            QImage nothing(1, 1, QImage::Format_ARGB32);
            nothing.fill(Qt::transparent);
            return nothing;
        }
        return QVariant(QByteArray());
    }
};

// What Qt takes for an inch of the screen; it scales margins and borders from there to the paper.
int screenDots() {
    const QScreen* screen = QGuiApplication::primaryScreen();
    return screen ? qRound(screen->logicalDotsPerInchY()) : 100;
}

// Qt scales a block's margins above and below to the paper, but not those beside it.
void scaleSideMargins(QTextDocument& document) {
    const double scale = double(resolution) / screenDots();
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextBlockFormat format = block.blockFormat();
        if (format.leftMargin() == 0 && format.rightMargin() == 0) continue;
        format.setLeftMargin(format.leftMargin() * scale);
        format.setRightMargin(format.rightMargin() * scale);
        QTextCursor(block).setBlockFormat(format);
    }
}

std::vector<Bookmark> headingsOf(const QTextDocument& document) {
    std::vector<Bookmark> result;
    const double height = document.pageSize().height();
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        if (level < 1 || level > 3 || block.text().trimmed().isEmpty()) continue;
        const double y = document.documentLayout()->blockBoundingRect(block).top();
        const int page = static_cast<int>(y / height);
        result.push_back(
            {block.text().trimmed().left(200).toStdString(), level, page, (y - page * height) / unit});
    }
    return result;
}

void printPages(const QTextDocument& document, QPdfWriter& writer, const QString& title) {
    QPainter painter(&writer);
    painter.setRenderHint(QPainter::LosslessImageRendering); // page images hold small print
    const QSizeF sheet = document.pageSize();
    const int pages = document.pageCount();
    QFont foot = document.defaultFont();
    foot.setPointSizeF(7);
    for (int page = 0; page < pages; ++page) {
        if (page > 0) writer.newPage();
        painter.save();
        painter.translate(0, -page * sheet.height());
        const QRectF view(0, page * sheet.height(), sheet.width(), sheet.height());
        painter.setClipRect(view);
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = view;
        context.palette.setColor(QPalette::Text, Qt::black);
        document.documentLayout()->draw(&painter, context);
        painter.restore();

        painter.setFont(foot);
        painter.setPen(QPen(QColor(0x55, 0x55, 0x55), 0.5 * unit));
        const QRectF line(sideMargin * unit, sheet.height() - (bottomMargin - 16) * unit,
                          sheet.width() - 2 * sideMargin * unit, 14 * unit);
        painter.drawLine(line.topLeft(), line.topRight());
        painter.drawText(line, Qt::AlignRight | Qt::AlignBottom,
                         QStringLiteral("%1 / %2").arg(page + 1).arg(pages));
        painter.drawText(
            line, Qt::AlignLeft | Qt::AlignBottom,
            QFontMetricsF(foot, &writer).elidedText(title, Qt::ElideRight, line.width() - 60 * unit));
    }
}

void writeWhole(const std::string& bytes, const std::filesystem::path& out) {
    const std::filesystem::path beside = out.string() + ".part" + std::to_string(getpid());
    const auto fail = [&](int error) {
        unlink(beside.c_str());
        throw std::runtime_error("The PDF cannot be written to " + out.string() + ": " +
                                 std::strerror(error) + '.');
    };
    const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) fail(errno);
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t done = write(file, bytes.data() + at, bytes.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            const int error = errno;
            close(file);
            fail(error);
        }
        at += static_cast<std::size_t>(done);
    }
    if (fsync(file) != 0 || close(file) != 0 || rename(beside.c_str(), out.c_str()) != 0) fail(errno);
    const int folder =
        open(out.has_parent_path() ? out.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

} // namespace

void exportPdf(const std::string& html, const std::filesystem::path& out, const std::string& title) {
    if (!qobject_cast<QGuiApplication*>(QCoreApplication::instance()))
        throw std::runtime_error("The PDF " + out.string() +
                                 " needs the graphical half of Qt, which this program has not started.");
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    std::vector<Bookmark> bookmarks;
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(resolution);
        writer.setPageLayout(
            QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Portrait, QMarginsF(0, 0, 0, 0)));
        writer.setTitle(QString::fromStdString(title));
        writer.setCreator(QStringLiteral("Lectern"));
        ClosedDocument document;
        document.setUndoRedoEnabled(false);
        document.documentLayout()->setPaintDevice(&writer);
        QFont font(QStringLiteral("DejaVu Sans"));
        font.setPointSizeF(9);
        document.setDefaultFont(font);
        document.setHtml(QString::fromStdString(html));
        scaleSideMargins(document);
        // The margins belong to the document, as in QTextDocument::print: without them lines at a page's
        // border are drawn on both pages.
        QTextFrameFormat frame = document.rootFrame()->frameFormat();
        const double point = screenDots() / 72.; // frames count in dots of the screen
        frame.setLeftMargin(sideMargin * point);
        frame.setRightMargin(sideMargin * point);
        frame.setTopMargin(topMargin * point);
        frame.setBottomMargin(bottomMargin * point);
        document.rootFrame()->setFrameFormat(frame);
        document.setPageSize(QPageSize(QPageSize::A4).size(QPageSize::Point) * unit);
        bookmarks = headingsOf(document);
        printPages(document, writer, QString::fromStdString(title));
    }
    writeWhole(withBookmarks(bytes.toStdString(), bookmarks), out);
}

namespace {

// A server or a cron job has no XDG_RUNTIME_DIR; printing needs none, and nobody can do anything about the remark.
void withoutRemarks(QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (message.startsWith(QLatin1String("QStandardPaths: "))) return;
    std::fprintf(stderr, "%s\n", message.toLocal8Bit().constData());
    if (type == QtFatalMsg) std::abort();
}

} // namespace

std::unique_ptr<QCoreApplication> printingApplication(char* program) {
    qInstallMessageHandler(withoutRemarks);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // Qt would take options of ours for its own ("--session"): it sees the program's name alone. It keeps
    // references.
    static int count = 1;
    static char* arguments[] = {program, nullptr};
    return std::make_unique<QGuiApplication>(count, arguments);
}

} // namespace app
