// Text of a model as Markdown, inert: no file, no network, no image, no HTML. A web link asks in a dialog that shows
// the whole address before a browser is started; other targets are offered as places in the corpus. Streams: append()
// costs the last block. Main thread. Source: issue 7 (6), reliability.md P24.
#pragma once

#include "ui/widgets/text_blocks.h"

#include <QUrl>

#include <functional>
#include <string>

namespace ui {

class MarkdownView : public TextBlocksView {
    Q_OBJECT
public:
    explicit MarkdownView(QWidget* parent = nullptr);

    void setMarkdown(const QString& markdown);
    void append(const QString& chunk);
    void clear() { setMarkdown({}); }
    QString markdown() const { return QString::fromStdString(m_source); }
    const std::vector<MarkdownBlock>& blocks() const { return m_blocks; }

    // Seam: what a confirmed link does; unset, the desktop's browser.
    std::function<void(const QUrl&)> openLink;

signals:
    void placeActivated(const QString& place); // "src/a.cpp:12"

protected:
    int blockCount() const override { return int(m_blocks.size()); }
    ShownBlock blockAt(int index) const override;
    int lengthOf(int index) const override;
    QString linkMeaning(const QString& target) const override;

private:
    void activate(const QString& target);
    std::string m_source;
    std::vector<MarkdownBlock> m_blocks;
};

} // namespace ui
