// Where an endpoint's key comes from, and the type that holds it. A key is read from the key ring, an environment variable
// or a file only its owner can read, all named by the user's settings, never by a corpus. Secret lives in one locked page
// that core dumps leave out; it cannot be printed or copied. Source: reliability.md R28, P20.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace app {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text);
    ~Secret();
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    bool empty() const { return m_size == 0; }
    // For the one place that writes it into the TLS stream.
    std::string_view reveal() const { return {m_page, m_size}; }
    // The text with every occurrence of the key replaced: for anything a server said.
    std::string scrub(std::string text) const;

private:
    void release() noexcept;
    char* m_page = nullptr;
    std::size_t m_size = 0;
};

template <class Stream> Stream& operator<<(Stream&, const Secret&) = delete;

struct KeySource {
    std::string environment; // name of a variable: "DEEPSEEK_API_KEY"
    std::string file;        // path, mode 0600
    std::string keyring;     // entry of the system's key ring (keyring.h)
};

// A file goes before the key ring, the ring before the variable; the variable also stands in where the ring has nothing
// or does not answer. Nothing configured gives an empty Secret (servers at home need none). A variable that is named but
// not set, or a file others can read, throws BackendError(Configuration) with the cure. May block as keyring.h says.
Secret readKey(const KeySource& source, const std::string& endpointName);


// What a person typed, refused in words where it is no header value. `where`: "the field".
Secret checkedKey(std::string_view typed, const std::string& where);

} // namespace app
