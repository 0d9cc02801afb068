#include "ui/viewers/page_tiles.h"

#include "ingest/pdf_source.h"

#include <algorithm>
#include <stdexcept>

namespace ui {

namespace {

constexpr int slots_ = 2, mostWanted = 24, largestSide = 4000;

QImage toImage(const ingest::PageImage& page) {
    const auto* bytes = reinterpret_cast<const uchar*>(page.rgb.data());
    return QImage(bytes, page.width, page.height, page.width * 3, QImage::Format_RGB888).convertToFormat(QImage::Format_RGB32);
}

QString kindOf(int slot) {
    return QStringLiteral("page.%1").arg(slot);
}

} // namespace

PageTiles::PageTiles(QObject* parent) : QObject(parent), m_jobs(std::make_unique<app::JobRunner>()) {}

PageTiles::~PageTiles() = default;

void PageTiles::setDocument(std::shared_ptr<const ingest::Document> document, ReadBytes read, const QString& helper) {
    m_jobs->stopAll();
    ++m_generation;
    m_document = std::move(document);
    m_read = std::move(read);
    m_helper = helper.toStdString();
    m_file.reset();
    m_reading = false;
    m_cache.clear();
    m_recent.clear();
    m_wanted.clear();
    m_drawing.clear();
    m_bytes = 0;
    m_problem.clear();
    m_failed.clear();
}

bool PageTiles::isSharp(int page, int width) const {
    return m_cache.contains({page, width});
}

QImage PageTiles::page(int page, int width, bool urgent) {
    const Key key{page, width};
    if (const auto found = m_cache.find(key); found != m_cache.end()) {
        m_recent.splice(m_recent.begin(), m_recent, found->second.used);
        return found->second.image;
    }
    ask(key, urgent);
    QImage best;
    for (auto near = m_cache.lower_bound({page, 0}); near != m_cache.end() && near->first.page == page; ++near)
        if (best.isNull() || near->first.width > best.width())
            best = near->second.image;
    return best;
}

void PageTiles::prefetch(int page, int width) {
    if (m_document && page >= 1 && page <= int(m_document->pages().size()) && !isSharp(page, width))
        ask({page, width}, false);
}

void PageTiles::ask(const Key& key, bool first) {
    if (!m_document || !m_problem.isEmpty() || m_failed.contains(key.page))
        return;
    for (const auto& [slot, drawn] : m_drawing)
        if (drawn == key)
            return;
    std::erase(m_wanted, key);
    m_wanted.insert(first ? m_wanted.end() : m_wanted.begin(), key);
    if (m_wanted.size() > mostWanted) // scrolled past long ago
        m_wanted.erase(m_wanted.begin(), m_wanted.end() - mostWanted);
    startNext();
}

void PageTiles::startNext() {
    if (!m_file) {
        if (m_reading)
            return;
        m_reading = true;
        m_jobs->start<std::shared_ptr<const std::string>>(
            QStringLiteral("page.file"), this,
            [read = m_read](const app::JobContext& job) { return std::make_shared<const std::string>(read(job.stop())); },
            [this, generation = m_generation](const std::shared_ptr<const std::string>& file) {
                if (generation != m_generation)
                    return;
                m_file = file;
                startNext();
            },
            [this, generation = m_generation](const QString& sentence) {
                if (generation == m_generation)
                    fail(sentence);
            });
        return;
    }
    for (int slot = 0; slot < slots_ && !m_wanted.empty(); ++slot)
        if (!m_drawing.contains(slot)) {
            const Key key = m_wanted.back();
            m_wanted.pop_back();
            draw(key, slot);
        }
}

void PageTiles::draw(const Key& key, int slot) {
    const ingest::Page& page = m_document->pages()[std::size_t(key.page - 1)];
    const double points = std::max(1.0f, page.width), high = std::max(1.0f, page.height);
    const double dpi = std::min({key.width * 72.0 / points, largestSide * 72.0 / points, largestSide * 72.0 / high});
    m_drawing[slot] = key;
    m_jobs->start<QImage>(
        kindOf(slot), this,
        [file = m_file, number = key.page, dpi, helper = m_helper](const app::JobContext& job) {
            ingest::PdfOptions options;
            options.helper = helper;
            const ingest::PageImage image = ingest::renderPdfPage(*file, number, dpi, options, job.stop());
            if (image.rgb.empty() || image.rgb.size() < std::size_t(image.width) * std::size_t(image.height) * 3)
                throw std::runtime_error(image.problem.empty() ? "The page could not be drawn." : image.problem);
            return toImage(image);
        },
        [this, key, slot, generation = m_generation](const QImage& image) {
            if (generation != m_generation)
                return;
            m_drawing.erase(slot);
            keep(key, image);
            emit pageReady(key.page);
            startNext();
        },
        [this, key, slot, generation = m_generation](const QString& sentence) {
            if (generation != m_generation)
                return;
            m_drawing.erase(slot);
            m_failed.insert(key.page);
            emit failed(tr("Page %1: %2").arg(key.page).arg(sentence));
            startNext();
        });
}

void PageTiles::keep(const Key& key, const QImage& image) {
    m_recent.push_front(key);
    m_cache[key] = {image, m_recent.begin()};
    m_bytes += std::size_t(image.sizeInBytes());
    while (m_bytes > limit && m_recent.size() > 1) {
        const auto oldest = m_cache.find(m_recent.back());
        m_bytes -= std::size_t(oldest->second.image.sizeInBytes());
        m_cache.erase(oldest);
        m_recent.pop_back();
    }
}

void PageTiles::fail(const QString& sentence) {
    m_problem = sentence;
    m_wanted.clear();
    emit failed(sentence);
}

} // namespace ui
