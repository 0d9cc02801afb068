#include "app/backend/http_framing.h"

#include "app/backend/backend.h"

#include <algorithm>
#include <charconv>

namespace app {
namespace {

[[noreturn]] void broken(const std::string& what) {
    throw BackendError(BackendError::Cause::BrokeOff,
                       "The server's answer is not proper HTTP (" + what + "): check what listens at the endpoint.");
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

} // namespace

void HttpFraming::feed(std::string_view bytes) {
    if (m_state == State::End)
        return; // one request, one answer: what follows is nobody's
    m_raw += bytes;
    while (step()) {
    }
}

bool HttpFraming::closed() {
    if (m_state == State::UntilClose)
        m_state = State::End;
    return m_state == State::End;
}

std::string HttpFraming::takeBody() {
    std::string out;
    out.swap(m_body);
    return out;
}

// One line without its ending; false while it is not whole.
bool HttpFraming::takeLine(std::string& line) {
    const auto end = m_raw.find('\n');
    if (end == std::string::npos) {
        if (m_raw.size() > 4096)
            broken("an endless chunk line");
        return false;
    }
    line = trimmed(std::string_view(m_raw).substr(0, end));
    m_raw.erase(0, end + 1);
    return true;
}

bool HttpFraming::step() {
    std::string line;
    switch (m_state) {
    case State::Head: {
        auto end = m_raw.find("\r\n\r\n");
        std::size_t gap = 4;
        if (const auto bare = m_raw.find("\n\n"); bare < end) {
            end = bare;
            gap = 2;
        }
        if (end == std::string::npos) {
            if (m_raw.size() > m_maxHead)
                broken("a head of more than " + std::to_string(m_maxHead) + " bytes");
            return false;
        }
        const std::string text = m_raw.substr(0, end);
        m_raw.erase(0, end + gap);
        parseHead(text);
        if (m_head.status >= 100 && m_head.status < 200)
            m_head = {}; // "100 Continue": the real one follows
        else
            chooseFraming();
        return true;
    }
    case State::Length:
    case State::ChunkData: {
        const std::size_t part = std::min<std::uint64_t>(m_left, m_raw.size());
        m_body.append(m_raw, 0, part);
        m_raw.erase(0, part);
        m_left -= part;
        if (m_left > 0)
            return false;
        m_state = m_state == State::Length ? State::End : State::ChunkEnd;
        return m_state != State::End;
    }
    case State::UntilClose:
        m_body += m_raw;
        m_raw.clear();
        return false;
    case State::ChunkSize: {
        if (!takeLine(line))
            return false;
        const std::string_view digits = trimmed(std::string_view(line).substr(0, line.find(';')));
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), m_left, 16);
        if (error != std::errc() || end != digits.data() + digits.size() || m_left > (std::uint64_t{1} << 40))
            broken("a chunk size that is none");
        m_state = m_left == 0 ? State::Trailer : State::ChunkData;
        return true;
    }
    case State::ChunkEnd:
        if (!takeLine(line))
            return false;
        if (!line.empty())
            broken("a chunk longer than it said");
        m_state = State::ChunkSize;
        return true;
    case State::Trailer:
        if (!takeLine(line))
            return false;
        if (line.empty())
            m_state = State::End;
        return m_state != State::End;
    case State::End:
        return false;
    }
    return false;
}

void HttpFraming::parseHead(std::string_view text) {
    const auto first = trimmed(text.substr(0, text.find('\n')));
    if (first.size() < 12 || !first.starts_with("HTTP/1.") || first[8] != ' ')
        broken("no status line");
    const auto [end, error] = std::from_chars(first.data() + 9, first.data() + 12, m_head.status);
    if (error != std::errc() || end != first.data() + 12 || m_head.status < 100)
        broken("no status");
    for (auto at = text.find('\n'); at != std::string_view::npos;) {
        const auto next = text.find('\n', at + 1);
        const auto line = text.substr(at + 1, next == std::string_view::npos ? next : next - at - 1);
        at = next;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0)
            continue;
        std::string name(trimmed(line.substr(0, colon)));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : char(c); });
        std::string& value = m_head.fields[name];
        value += (value.empty() ? "" : ", ") + std::string(trimmed(line.substr(colon + 1)));
    }
}

void HttpFraming::chooseFraming() {
    const auto field = [&](const char* name) {
        const auto found = m_head.fields.find(name);
        return found == m_head.fields.end() ? std::string() : found->second;
    };
    const std::string encoding = field("content-encoding");
    if (!encoding.empty() && encoding != "identity")
        broken("compressed as " + encoding.substr(0, 40) + " although that was not asked for");
    const std::string transfer = field("transfer-encoding");
    const std::string length = field("content-length");
    if (transfer.find("chunked") != std::string::npos) {
        m_state = State::ChunkSize;
    } else if (!transfer.empty()) {
        broken("an unknown transfer encoding");
    } else if (m_head.status == 204 || m_head.status == 304) {
        m_state = State::End;
    } else if (!length.empty()) {
        const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), m_left);
        if (error != std::errc() || end != length.data() + length.size())
            broken("a content length that is none");
        m_state = m_left == 0 ? State::End : State::Length;
    } else {
        m_state = State::UntilClose;
    }
}

} // namespace app
