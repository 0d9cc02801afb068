// SseParser: bytes of a text/event-stream, cut anywhere, become the data of whole events. Comments (": keep-alive")
// are counted and otherwise dropped. Memory is bounded: a line or event above the limit throws BackendError(BrokeOff).
// One per answer, same thread. Source: hosted-apis-and-prices.md 1.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace app {

class SseParser {
public:
    explicit SseParser(std::size_t limit = std::size_t{1} << 20) : m_limit(limit) {}
    // Calls onData once for each event that carries data, in order, with its data lines joined by '\n'.
    void feed(std::string_view bytes, const std::function<void(std::string_view)>& onData);
    // The stream ended: an event whose last line was whole counts although its blank line is missing.
    void finish(const std::function<void(std::string_view)>& onData);
    std::uint64_t comments() const { return m_comments; }

private:
    void line(std::string_view text, const std::function<void(std::string_view)>& onData);
    void dispatch(const std::function<void(std::string_view)>& onData);

    std::size_t m_limit;
    std::string m_line, m_data;
    bool m_hasData = false, m_afterReturn = false, m_first = true;
    std::uint64_t m_comments = 0;
};

} // namespace app
