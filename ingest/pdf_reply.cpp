#include "ingest/pdf_reply.h"

#include "ingest/charset.h"

#include <cmath>
#include <cstring>

namespace ingest {

namespace {

// Reads fixed-size fields from a payload; once something does not fit, ok() stays false and zeros come back.
class Fields {
public:
    explicit Fields(std::string_view payload) : m_rest(payload) {}
    template <typename T> T next() {
        T value{};
        if (m_rest.size() < sizeof value) {
            m_ok = false;
            return value;
        }
        std::memcpy(&value, m_rest.data(), sizeof value);
        m_rest.remove_prefix(sizeof value);
        return value;
    }
    std::string_view bytes(std::size_t count) {
        if (m_rest.size() < count) {
            m_ok = false;
            return {};
        }
        const std::string_view result = m_rest.substr(0, count);
        m_rest.remove_prefix(count);
        return result;
    }
    std::size_t left() const { return m_rest.size(); }
    bool ok() const { return m_ok; }
    bool done() const { return m_ok && m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_ok = true;
};

constexpr std::size_t wordRecord = 12; // gap, length, four of box, hidden

bool startsCharacter(std::string_view text, std::size_t at) {
    return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

} // namespace

bool PdfReplyParser::fail(const char* why) {
    m_error = why;
    m_buffer.clear();
    return false;
}

bool PdfReplyParser::push(std::string_view bytes) {
    if (!m_error.empty())
        return false;
    m_taken += bytes.size();
    if (m_taken > m_limit)
        return fail("the reply is larger than allowed");
    m_buffer.append(bytes);
    std::size_t at = 0;
    while (m_buffer.size() - at >= 5) {
        std::uint32_t length = 0;
        std::memcpy(&length, m_buffer.data() + at + 1, sizeof length);
        if (length > pdf::maxFrame)
            return fail("a frame is larger than allowed");
        if (m_buffer.size() - at - 5 < length)
            break;
        const auto type = static_cast<pdf::Frame>(m_buffer[at]);
        if (!frame(type, std::string_view(m_buffer).substr(at + 5, length)))
            return false;
        at += 5 + length;
    }
    m_buffer.erase(0, at);
    return true;
}

bool PdfReplyParser::frame(pdf::Frame type, std::string_view payload) {
    if (ended)
        return fail("something follows the end");
    if (type == pdf::Frame::Hello)
        return hello(payload);
    if (!helloSeen)
        return fail("the reply does not begin with a greeting");
    Fields fields(payload);
    switch (type) {
    case pdf::Frame::Page:
        return pageFrame(payload);
    case pdf::Frame::Outline:
        return outlineFrame(payload);
    case pdf::Frame::Marks:
        return marksFrame(payload);
    case pdf::Frame::Image:
        return imageFrame(payload);
    case pdf::Frame::Problem: {
        const auto code = fields.next<std::uint8_t>();
        troublePage = fields.next<std::uint32_t>();
        if (!fields.done() || code == 0 || code > static_cast<std::uint8_t>(pdf::Trouble::NoMemory))
            return fail("a problem without a known name");
        trouble = static_cast<pdf::Trouble>(code);
        return true;
    }
    case pdf::Frame::Rows:
        if (rgb.size() + payload.size() > std::size_t(imageWidth) * imageHeight * 3)
            return fail("a picture larger than announced");
        rgb.append(payload);
        return true;
    case pdf::Frame::End:
        if (fields.next<std::uint32_t>() != pages.size() || !fields.done())
            return fail("the end counts other pages than came");
        ended = true;
        return true;
    case pdf::Frame::Hello:
        break;
    }
    return fail("an unknown frame");
}

bool PdfReplyParser::hello(std::string_view payload) {
    Fields fields(payload);
    if (helloSeen || fields.bytes(4) != "LPDF" || fields.next<std::uint16_t>() != pdf::version)
        return fail("not the greeting of this version");
    pagesInFile = fields.next<std::uint32_t>();
    first = fields.next<std::uint32_t>();
    count = fields.next<std::uint32_t>();
    sandbox = fields.next<std::uint8_t>();
    if (!fields.done() || first > pagesInFile || count > pagesInFile - first || pagesInFile > pdf::maxPages)
        return fail("impossible page numbers");
    helloSeen = true;
    return true;
}

bool PdfReplyParser::pageFrame(std::string_view payload) {
    Fields fields(payload);
    const auto index = fields.next<std::uint32_t>();
    PageText result;
    result.page.width = fields.next<float>();
    result.page.height = fields.next<float>();
    const std::string_view label = fields.bytes(fields.next<std::uint16_t>());
    const std::string_view text = fields.bytes(fields.next<std::uint32_t>());
    const auto wordCount = fields.next<std::uint32_t>();
    if (!fields.ok() || pages.size() >= count || index != first + pages.size() || text.size() > pdf::maxPageText)
        return fail("a page out of order");
    if (!std::isfinite(result.page.width) || !std::isfinite(result.page.height) || result.page.width < 0
        || result.page.height < 0)
        return fail("a page of impossible size");
    if (firstInvalidUtf8(label) || firstInvalidUtf8(text))
        return fail("text that is not UTF-8");
    if (!text.empty() && text.back() != '\n')
        return fail("a page that does not end its line");
    if (fields.left() != std::uint64_t(wordCount) * wordRecord)
        return fail("a word list of the wrong length");
    result.page.label = label;
    result.text = text;
    result.page.end = text.size();
    result.page.words.reserve(wordCount);
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < wordCount; ++i) {
        at += fields.next<std::uint8_t>();
        const std::size_t end = at + fields.next<std::uint16_t>();
        if (end > text.size() || end == at || !startsCharacter(text, at) || !startsCharacter(text, end))
            return fail("a word outside its page's text");
        Word word;
        word.begin = static_cast<std::uint32_t>(at);
        word.end = static_cast<std::uint32_t>(end);
        std::uint16_t box[4];
        for (std::uint16_t& side : box)
            side = fields.next<std::uint16_t>();
        if (box[0] + box[2] > 65535 || box[1] + box[3] > 65535)
            return fail("a word outside its page");
        word.box = {box[0] / 65535.f, box[1] / 65535.f, box[2] / 65535.f, box[3] / 65535.f};
        const auto hidden = fields.next<std::uint8_t>();
        if (hidden > static_cast<std::uint8_t>(Hidden::OffPage))
            return fail("an unknown mark");
        word.hidden = static_cast<Hidden>(hidden);
        result.page.words.push_back(word);
        at = end;
    }
    pages.push_back(std::move(result));
    return true;
}

bool PdfReplyParser::outlineFrame(std::string_view payload) {
    Fields fields(payload);
    const auto items = fields.next<std::uint32_t>();
    if (items > pdf::maxOutline || !outline.empty())
        return fail("an outline of impossible length");
    for (std::uint32_t i = 0; i < items; ++i) {
        const int level = fields.next<std::uint8_t>();
        const std::string_view title = fields.bytes(fields.next<std::uint16_t>());
        if (!fields.ok() || firstInvalidUtf8(title))
            return fail("a broken outline");
        outline.push_back({level, std::string(title)});
    }
    return fields.done() || fail("a broken outline");
}

bool PdfReplyParser::marksFrame(std::string_view payload) {
    Fields fields(payload);
    const auto index = fields.next<std::uint32_t>();
    const auto marked = fields.next<std::uint32_t>();
    if (!fields.ok() || index < first || index - first >= pages.size() || fields.left() != std::uint64_t(marked) * 4)
        return fail("marks for a page that did not come");
    std::vector<Word>& words = pages[index - first].page.words;
    for (std::uint32_t i = 0; i < marked; ++i) {
        const auto word = fields.next<std::uint32_t>();
        if (word >= words.size())
            return fail("a mark for a word that did not come");
        if (words[word].hidden == Hidden::No)
            words[word].hidden = Hidden::Invisible;
    }
    if (++pagesChecked > pages.size())
        return fail("more pages marked than came");
    return true;
}

bool PdfReplyParser::imageFrame(std::string_view payload) {
    Fields fields(payload);
    const auto width = fields.next<std::uint32_t>();
    const auto height = fields.next<std::uint32_t>();
    if (!fields.done() || imageWidth || width == 0 || height == 0 || width > pdf::maxImageSide
        || height > pdf::maxImageSide)
        return fail("a picture of impossible size");
    imageWidth = static_cast<int>(width);
    imageHeight = static_cast<int>(height);
    return true;
}

} // namespace ingest
