// LineSocket: lines of text over a connected stream socket, in both directions. One thread reads, one writes.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace app {

class LineSocket {
public:
    static constexpr std::size_t longestLine = std::size_t{512} << 20; // a request with a million tokens of text is 4 MB

    explicit LineSocket(int descriptor) : m_descriptor(descriptor) {} // owned
    ~LineSocket();
    LineSocket(const LineSocket&) = delete;
    LineSocket& operator=(const LineSocket&) = delete;

    bool write(std::string_view bytes); // false when the other side is gone
    bool readLine(std::string& line);   // without its end; false at the end, or when a line is too long
    void shutDown();                    // wakes a reader; may be called from another thread
    int descriptor() const { return m_descriptor; }

private:
    int m_descriptor;
    std::string m_buffer;
    std::size_t m_searched = 0;
};

} // namespace app
