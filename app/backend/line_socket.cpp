#include "app/backend/line_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace app {

LineSocket::~LineSocket() { ::close(m_descriptor); }

bool LineSocket::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool LineSocket::readLine(std::string& line) {
    for (;;) {
        const std::size_t end = m_buffer.find('\n', m_searched);
        if (end != std::string::npos) {
            line.assign(m_buffer, 0, end);
            m_buffer.erase(0, end + 1);
            m_searched = 0;
            return true;
        }
        m_searched = m_buffer.size();
        if (m_buffer.size() > longestLine) return false;
        char part[65536];
        const ssize_t got = ::recv(m_descriptor, part, sizeof part, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        m_buffer.append(part, static_cast<std::size_t>(got));
    }
}

void LineSocket::shutDown() { ::shutdown(m_descriptor, SHUT_RDWR); }

} // namespace app
