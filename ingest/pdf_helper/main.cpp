// lectern-pdf: opens the one PDF on its standard input and answers on standard output (ingest/pdf_reply.h). Started
// by ingest::readPdf with an empty environment, one process per file; not meant to be run by hand.
//
//   lectern-pdf text  key=value...    text, boxes and outline of the pages, then the words that leave no ink
//   lectern-pdf page  key=value...    one page as RGB rows
#include "ingest/pdf_helper/hidden_ink.h"
#include "ingest/pdf_helper/page_text.h"
#include "ingest/pdf_helper/reply_writer.h"
#include "ingest/pdf_helper/sandbox.h"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-toc.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <iconv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace pdfhelper;
using ingest::pdf::Frame;
using ingest::pdf::Trouble;

constexpr double secondsPerPage = 0.1; // what every page adds to the processor time that was granted at the start

struct Request {
    std::string command;
    Limits limits;
    std::uint64_t reply = 64ull << 20;
    std::uint32_t pages = 10000, page = 0, part = 0, parts = 1;
    double dpi = 72;
    bool ink = true;
};

Request parse(int count, char** arguments) {
    Request request;
    request.command = count > 1 ? arguments[1] : "";
    for (int i = 2; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const std::size_t equals = argument.find('=');
        if (equals == std::string_view::npos)
            continue;
        const std::string_view key = argument.substr(0, equals);
        const double value = std::strtod(arguments[i] + equals + 1, nullptr);
        if (key == "parent")
            request.limits.parent = static_cast<int>(value);
        else if (key == "memory")
            request.limits.memoryBytes = static_cast<std::uint64_t>(value);
        else if (key == "cpu")
            request.limits.cpuSeconds = static_cast<unsigned>(value);
        else if (key == "reply")
            request.reply = static_cast<std::uint64_t>(value);
        else if (key == "pages")
            request.pages = static_cast<std::uint32_t>(value);
        else if (key == "page")
            request.page = static_cast<std::uint32_t>(value);
        else if (key == "part")
            request.part = static_cast<std::uint32_t>(value);
        else if (key == "parts")
            request.parts = std::max(1u, static_cast<std::uint32_t>(value));
        else if (key == "dpi")
            request.dpi = value;
        else if (key == "ink")
            request.ink = value != 0;
    }
    request.limits.cpuCeiling = request.limits.cpuSeconds + static_cast<unsigned>(request.pages * secondsPerPage * 2);
    return request;
}

[[noreturn]] void leave(int code) {
    _exit(code); // no destructors of a library that has just read something hostile
}

class Reader {
public:
    Reader(const Request& request, ReplyWriter& writer, std::uint8_t sandbox)
        : m_request(request), m_writer(writer), m_sandbox(sandbox) {}

    void open(const char* data, std::size_t size) {
        m_document.reset(poppler::document::load_from_raw_data(data, static_cast<int>(size)));
        if (!m_document)
            refuse(Trouble::NotPdf);
        if (m_document->is_locked())
            refuse(Trouble::Locked);
        const int pages = m_document->pages();
        if (pages <= 0)
            refuse(Trouble::NoPages);
        m_pages = std::min<std::uint32_t>(static_cast<std::uint32_t>(pages), ingest::pdf::maxPages);
    }

    void text() {
        const std::uint64_t read = std::min(m_pages, m_request.pages);
        const auto first = static_cast<std::uint32_t>(read * m_request.part / m_request.parts);
        const auto last = static_cast<std::uint32_t>(read * (m_request.part + 1) / m_request.parts);
        hello(first, last - first);
        std::vector<std::vector<InkBox>> boxes;
        for (std::uint32_t i = first; i < last; ++i) {
            std::vector<InkBox> ink;
            if (!sendPage(i, ink))
                break;
            boxes.push_back(std::move(ink));
            earn();
        }
        if (m_request.part == 0)
            sendOutline();
        if (m_request.ink && mayJudgeInk())
            for (std::size_t i = 0; i < boxes.size(); ++i) {
                sendMarks(first + static_cast<std::uint32_t>(i), boxes[i]);
                earn();
            }
        m_writer.write(Frame::End, Payload().put(static_cast<std::uint32_t>(boxes.size())).data());
    }

    void picture() {
        hello(0, 0);
        const std::unique_ptr<poppler::page> page(
            m_request.page < m_pages ? m_document->create_page(static_cast<int>(m_request.page)) : nullptr);
        if (!page)
            refuse(Trouble::NoSuchPage);
        const poppler::rectf sheet = page->page_rect();
        const double side = std::max(std::fabs(sheet.width()), std::fabs(sheet.height())) / 72;
        const double dpi = std::min(m_request.dpi, (ingest::pdf::maxImageSide - 2) / std::max(side, 0.01));
        poppler::page_renderer renderer;
        renderer.set_image_format(poppler::image::format_rgb24);
        renderer.set_render_hint(poppler::page_renderer::antialiasing);
        renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
        const poppler::image image = renderer.render_page(page.get(), dpi, dpi);
        if (!image.is_valid())
            refuse(Trouble::NoPicture);
        const auto width = static_cast<std::uint32_t>(image.width()), height = static_cast<std::uint32_t>(image.height());
        if (!m_writer.write(Frame::Image, Payload().put(width).put(height).data()))
            refuse(Trouble::ReplyFull);
        for (std::uint32_t y = 0; y < height; ++y)
            if (!m_writer.write(Frame::Rows, {image.const_data() + std::size_t(y) * image.bytes_per_row(), width * 3u}))
                refuse(Trouble::ReplyFull);
        m_writer.write(Frame::End, Payload().put(0u).data());
    }

private:
    [[noreturn]] void refuse(Trouble trouble) {
        if (!m_greeted)
            hello(0, 0);
        m_writer.problem(trouble, m_request.page);
        m_writer.write(Frame::End, Payload().put(0u).data());
        leave(0);
    }

    void hello(std::uint32_t first, std::uint32_t count) {
        m_greeted = true;
        m_writer.write(Frame::Hello,
                       Payload().bytes("LPDF").put(ingest::pdf::version).put(m_pages).put(first).put(count).put(m_sandbox).data());
    }

    // Every page that is done buys time for the next ones; a page that is not done buys nothing.
    void earn() {
        if (++m_done % 16 == 0)
            grantSeconds(m_request.limits.cpuSeconds + static_cast<unsigned>(m_done * secondsPerPage),
                         m_request.limits.cpuCeiling);
    }

    bool sendPage(std::uint32_t index, std::vector<InkBox>& ink) {
        const std::unique_ptr<poppler::page> page(m_document->create_page(static_cast<int>(index)));
        const PageContent content = page ? readPage(*page) : PageContent{};
        if (content.tooLarge)
            m_writer.problem(Trouble::PageTooLarge, index);
        Payload payload;
        payload.put(index).put(content.width).put(content.height).shortText(content.label);
        payload.put(static_cast<std::uint32_t>(content.text.size())).bytes(content.text);
        const std::size_t countAt = payload.data().size();
        payload.put(0u);
        const std::uint32_t count = putWords(payload, content);
        payload.replace(countAt, count);
        if (!m_writer.write(Frame::Page, payload.data())) {
            m_writer.problem(Trouble::ReplyFull, index);
            return false;
        }
        // Words that had to be cut shift the numbering that marks use.
        if (page && count == content.words.size())
            ink = inkBoxes(content);
        return true;
    }

    static std::uint32_t putWords(Payload& payload, const PageContent& content) {
        std::uint32_t count = 0;
        std::size_t at = 0;
        for (const PlacedWord& word : content.words) {
            auto gap = static_cast<std::uint8_t>(word.begin - at);
            const auto x = static_cast<std::uint16_t>(word.x * 65535.f), y = static_cast<std::uint16_t>(word.y * 65535.f);
            const auto w = static_cast<std::uint16_t>(std::min(word.w * 65535.f, 65535.f - x));
            const auto h = static_cast<std::uint16_t>(std::min(word.h * 65535.f, 65535.f - y));
            for (std::size_t begin = word.begin; begin < word.end;) {
                std::size_t end = std::min(word.end, begin + 65000);
                while (end < word.end && (static_cast<unsigned char>(content.text[end]) & 0xC0) == 0x80)
                    --end;
                payload.put(gap).put(static_cast<std::uint16_t>(end - begin)).put(x).put(y).put(w).put(h).put(word.hidden);
                gap = 0;
                begin = end;
                ++count;
            }
            at = word.end;
        }
        return count;
    }

    void sendOutline() {
        const std::unique_ptr<poppler::toc> toc(m_document->create_toc());
        if (!toc || !toc->root())
            return;
        Payload items;
        std::uint32_t count = 0;
        addItems(*toc->root(), 1, items, count);
        if (count)
            m_writer.write(Frame::Outline, Payload().put(count).bytes(items.data()).data());
    }

    static void addItems(const poppler::toc_item& parent, int level, Payload& items, std::uint32_t& count) {
        if (level > 32)
            return;
        for (auto it = parent.children_begin(); it != parent.children_end(); ++it) {
            if (count >= ingest::pdf::maxOutline || items.data().size() > ingest::pdf::maxFrame - 2000)
                return;
            items.put(static_cast<std::uint8_t>(level)).shortText(toUtf8((*it)->title()));
            ++count;
            addItems(**it, level + 1, items, count);
        }
    }

    // Where fonts that are not embedded have no stand-in, words would seem to leave no ink.
    bool mayJudgeInk() {
        if (standInFontsWork())
            return true;
        for (const poppler::font_info& font : m_document->fonts())
            if (!font.is_embedded())
                return false;
        return true;
    }

    void sendMarks(std::uint32_t index, const std::vector<InkBox>& boxes) {
        const std::unique_ptr<poppler::page> page(m_document->create_page(static_cast<int>(index)));
        if (!page)
            return;
        const auto words = wordsWithoutInk(*page, boxes);
        if (!words)
            return;
        Payload payload;
        payload.put(index).put(static_cast<std::uint32_t>(words->size()));
        for (const std::uint32_t word : *words)
            payload.put(word);
        m_writer.write(Frame::Marks, payload.data());
    }

    const Request& m_request;
    ReplyWriter& m_writer;
    std::uint8_t m_sandbox;
    std::unique_ptr<poppler::document> m_document;
    std::uint32_t m_pages = 0;
    unsigned m_done = 0;
    bool m_greeted = false;
};

} // namespace

int main(int count, char** arguments) {
    Request request = parse(count, arguments);
    struct stat file {};
    if ((request.command != "text" && request.command != "page") || fstat(STDIN_FILENO, &file) != 0
        || !S_ISREG(file.st_mode)) {
        std::fputs("lectern-pdf reads the PDF on its standard input for lectern; it is not run by hand.\n", stderr);
        return 2;
    }
    request.limits.fileBytes = static_cast<std::uint64_t>(file.st_size);
    // Poppler converts every word through iconv, whose modules lie outside what can be opened later: a converter that
    // is never closed keeps them loaded.
    if (iconv_open("UTF-16", "UTF-8") == iconv_t(-1) || iconv_open("UTF-8", "UTF-16") == iconv_t(-1))
        leave(3);
    const std::uint8_t sandbox = closeTheDoor(request.limits);
    ReplyWriter writer(request.reply);
    Reader reader(request, writer, sandbox);
    poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
    void* data = file.st_size > 0 && file.st_size <= 0x7fffffff
        ? mmap(nullptr, static_cast<std::size_t>(file.st_size), PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0)
        : nullptr;
    if (data == MAP_FAILED)
        leave(3);
    try {
        reader.open(static_cast<const char*>(data), data ? static_cast<std::size_t>(file.st_size) : 0);
        request.command == "text" ? reader.text() : reader.picture();
    } catch (const std::bad_alloc&) {
        leave(12);
    } catch (...) {
        leave(13);
    }
    leave(0);
}
