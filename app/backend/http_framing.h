// HttpFraming: the bytes of one HTTP/1.x answer, cut anywhere, become a head and a body. Everything is bounded and
// checked: it reads what any server, or anything else at that port, sends. No network here; one answer, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace app {

struct HttpHead {
    int status = 0;
    std::map<std::string, std::string> fields; // names in lower case; repeated ones joined by ", "
};

class HttpFraming {
public:
    explicit HttpFraming(std::size_t maxHead = 64 * 1024) : m_maxHead(maxHead) {}

    // Throws BackendError(BrokeOff) for bytes that are no HTTP answer.
    void feed(std::string_view bytes);
    // The peer closed. True when the answer was whole, or of the kind that only ends so.
    bool closed();

    bool hasHead() const { return m_state != State::Head; }
    const HttpHead& head() const { return m_head; }
    std::string takeBody();
    bool hasBody() const { return !m_body.empty(); }
    bool ended() const { return m_state == State::End; }

private:
    enum class State : std::uint8_t { Head, Length, UntilClose, ChunkSize, ChunkData, ChunkEnd, Trailer, End };
    bool step();
    void parseHead(std::string_view text);
    void chooseFraming();
    bool takeLine(std::string& line);

    std::size_t m_maxHead;
    State m_state = State::Head;
    HttpHead m_head;
    std::string m_raw, m_body;
    std::uint64_t m_left = 0;
};

} // namespace app
