// Pictures of PDF pages, drawn off the main thread and kept within a memory limit: a page is asked for at a width in
// pixels and arrives later by a signal; what is asked for last is drawn first, two at a time. Owns its jobs and the
// cache; the file's bytes are read again once per document and proven by their hash. Main thread.
// Source: issue 7 (5), product.md 5 (page shown < 150 ms, next page prefetched).
#pragma once

#include "app/job.h"
#include "app/workspace.h"
#include "ingest/document.h"

#include <QImage>
#include <QObject>
#include <QString>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace ui {

class PageTiles : public QObject {
    Q_OBJECT
public:
    explicit PageTiles(QObject* parent = nullptr);
    ~PageTiles() override;

    // Where the bytes come from; called on a job thread, throws a sentence.
    using ReadBytes = std::function<std::string(std::stop_token)>;
    void setDocument(std::shared_ptr<const ingest::Document> document, ReadBytes read, const QString& helper);

    // The page at that width if it is there, else the nearest other width (to be stretched), else null; asks for it.
    QImage page(int page, int width, bool urgent = true);
    void prefetch(int page, int width);
    bool isSharp(int page, int width) const;
    QString problem() const { return m_problem; } // why there are no pictures
    std::size_t cachedBytes() const { return m_bytes; }
    static constexpr std::size_t limit = 192u << 20;

signals:
    void pageReady(int page);
    void failed(const QString& sentence);

private:
    struct Key {
        int page = 0, width = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct Entry {
        QImage image;
        std::list<Key>::iterator used;
    };
    void ask(const Key& key, bool first);
    void startNext();
    void draw(const Key& key, int slot);
    void keep(const Key& key, const QImage& image);
    void fail(const QString& sentence);

    std::shared_ptr<const ingest::Document> m_document;
    ReadBytes m_read;
    std::string m_helper;
    std::shared_ptr<const std::string> m_file;
    bool m_reading = false;
    std::map<Key, Entry> m_cache;
    std::list<Key> m_recent; // front: used last
    std::size_t m_bytes = 0;
    std::vector<Key> m_wanted; // back: drawn next
    std::map<int, Key> m_drawing; // by slot
    std::set<int> m_failed; // pages that cannot be drawn
    int m_generation = 0;
    QString m_problem;
    std::unique_ptr<app::JobRunner> m_jobs; // last: stops and waits first
};

} // namespace ui
