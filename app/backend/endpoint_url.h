// EndpointUrl: the address of a server, parsed once and strictly, so that what is shown, compared and connected to is
// the same. https anywhere; plain http to the machine itself only. Source: reliability.md R27, P16. A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace app {

struct EndpointUrl {
    bool tls = true;
    std::string host;       // lower case; an IPv6 address without brackets
    std::uint16_t port = 443;
    std::string path;       // "" or "/v1": no slash at the end

    bool isLoopback() const;
    std::string authority() const; // "api.deepseek.com", "[::1]:8000": as in the Host header
};

// Throws BackendError(Configuration) that says what is wrong with it.
EndpointUrl parseEndpointUrl(std::string_view text);

} // namespace app
