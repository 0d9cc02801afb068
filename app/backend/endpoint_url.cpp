#include "app/backend/endpoint_url.h"

#include "app/backend/backend.h"

#include <algorithm>
#include <charconv>

namespace app {
namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    std::string shown;
    for (const unsigned char c : text.substr(0, 200))
        shown += c < 0x20 || c >= 0x7f ? '?' : static_cast<char>(c);
    // Whatever stands before an '@' may be a password.
    if (const auto at = shown.rfind('@'); at != std::string::npos)
        shown = "…" + shown.substr(at);
    throw BackendError(BackendError::Cause::Configuration, "The endpoint address \"" + shown + "\" " + why + ".");
}

bool isIPv4(std::string_view host) {
    int parts = 0;
    while (!host.empty()) {
        int value = -1;
        const auto [end, error] = std::from_chars(host.data(), host.data() + host.size(), value);
        if (error != std::errc() || value < 0 || value > 255)
            return false;
        ++parts;
        host.remove_prefix(static_cast<std::size_t>(end - host.data()));
        if (host.empty())
            break;
        if (host[0] != '.' || host.size() == 1)
            return false;
        host.remove_prefix(1);
    }
    return parts == 4;
}

bool isName(std::string_view host) {
    if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-')
        return false;
    return std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

} // namespace

bool EndpointUrl::isLoopback() const { return host == "::1" || (isIPv4(host) && host.starts_with("127.")); }

std::string EndpointUrl::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

EndpointUrl parseEndpointUrl(std::string_view text) {
    const std::string_view whole = text;
    for (const unsigned char c : text)
        if (c <= 0x20 || c >= 0x7f)
            refuse(whole, "holds a space, control or non-ASCII character: write the host name in its ASCII form");
    EndpointUrl url;
    if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
        url.tls = false;
        url.port = 80;
    } else {
        refuse(whole, "must begin with https:// (or http:// for a server on this machine)");
    }
    const auto slash = text.find_first_of("/?#");
    std::string_view authority = text.substr(0, slash);
    std::string_view path = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
    if (authority.find('@') != std::string_view::npos)
        refuse(whole, "holds a user name or password: put the key into an environment variable or key file instead");
    if (path.find_first_of("?#\\%") != std::string_view::npos || path.find("/..") != std::string_view::npos)
        refuse(whole, "must end in a plain path such as /v1");
    while (path.ends_with('/'))
        path.remove_suffix(1);
    url.path = path;

    std::string_view port;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos)
            refuse(whole, "has an unfinished IPv6 address");
        url.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
        if (url.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos || url.host.size() < 2)
            refuse(whole, "has an IPv6 address that is none");
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
    }
    std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
    if (!port.empty()) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), value);
        if (port[0] != ':' || error != std::errc() || end != port.data() + port.size() || value == 0 || value > 65535)
            refuse(whole, "has a port that is none");
        url.port = static_cast<std::uint16_t>(value);
    }
    // The name every system gives itself; connecting to the literal address leaves no resolver a say in it.
    if (url.host == "localhost" && !url.tls)
        url.host = "127.0.0.1";
    if (url.host.find(':') == std::string::npos && !isName(url.host))
        refuse(whole, "has a host name that is none");
    if (!url.tls && !url.isLoopback())
        refuse(whole, "would send the key and the files unencrypted: use https://");
    return url;
}

} // namespace app
