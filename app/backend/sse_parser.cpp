#include "app/backend/sse_parser.h"

#include "app/backend/backend.h"

namespace app {

void SseParser::feed(std::string_view bytes, const std::function<void(std::string_view)>& onData) {
    std::size_t begin = 0;
    // "\r\n" cut between its two characters: the line has ended already.
    if (m_afterReturn && !bytes.empty()) {
        begin = bytes[0] == '\n' ? 1 : 0;
        m_afterReturn = false;
    }
    while (begin < bytes.size()) {
        const auto end = bytes.find_first_of("\r\n", begin);
        const std::string_view part = bytes.substr(begin, end == std::string_view::npos ? end : end - begin);
        if (m_line.size() + part.size() > m_limit)
            throw BackendError(BackendError::Cause::BrokeOff,
                               "The server sent a line of more than " + std::to_string(m_limit) +
                                   " bytes: the answer was dropped; check what listens at the endpoint.");
        m_line += part;
        if (end == std::string_view::npos)
            return;
        begin = end + 1;
        if (bytes[end] == '\r') {
            if (begin == bytes.size())
                m_afterReturn = true;
            else if (bytes[begin] == '\n')
                ++begin;
        }
        line(m_line, onData);
        m_line.clear();
    }
}

void SseParser::line(std::string_view text, const std::function<void(std::string_view)>& onData) {
    if (m_first) {
        m_first = false;
        if (text.starts_with("\xEF\xBB\xBF"))
            text.remove_prefix(3);
    }
    if (text.empty())
        return dispatch(onData);
    if (text[0] == ':') {
        ++m_comments;
        return;
    }
    if (!text.starts_with("data"))
        return; // event, id, retry: nothing of ours
    text.remove_prefix(4);
    if (!text.empty()) {
        if (text[0] != ':')
            return; // some other field whose name begins so
        text.remove_prefix(1);
        if (!text.empty() && text[0] == ' ')
            text.remove_prefix(1);
    }
    if (m_data.size() + text.size() + 1 > m_limit)
        throw BackendError(BackendError::Cause::BrokeOff,
                           "The server sent an event of more than " + std::to_string(m_limit) +
                               " bytes: the answer was dropped; check what listens at the endpoint.");
    if (m_hasData)
        m_data += '\n';
    m_data += text;
    m_hasData = true;
}

void SseParser::dispatch(const std::function<void(std::string_view)>& onData) {
    if (!m_hasData)
        return;
    std::string data;
    data.swap(m_data);
    m_hasData = false;
    onData(data);
}

void SseParser::finish(const std::function<void(std::string_view)>& onData) {
    if (m_line.empty())
        dispatch(onData);
    m_line.clear();
}

} // namespace app
