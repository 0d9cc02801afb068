#include "app/prefix_guard.h"

#include "app/context.h"
#include "ingest/sha256.h"

#include <algorithm>

namespace app {

std::vector<PrefixGuard::Component> PrefixGuard::components(const Request& request) const {
    std::vector<Component> all;
    constexpr const char* efforts[] = {"low", "high", "max"};
    all.push_back({"effort", std::string(efforts[int(request.effort)]) + (request.thinking ? "+" : "-")});
    std::string tools;
    for (const ToolSpec& tool : request.tools)
        tools += tool.name + "\n" + tool.description + "\n" + tool.parameters + "\n";
    all.push_back({"tools", std::move(tools)});
    for (std::size_t i = 0; i < std::min(request.stableMessages, request.messages.size()); ++i) {
        const Message& message = request.messages[i];
        std::string bytes = message.reasoning + message.text;
        for (const ToolCall& call : message.calls)
            bytes += call.id + call.name + call.arguments;
        const char* name = message.role == Role::System ? "system" : i == 1 ? "corpus" : message.role == Role::Assistant ? "warm-up reply" : "overlay";
        all.push_back({name, std::move(bytes)});
    }
    return all;
}

std::optional<PrefixBreak> PrefixGuard::check(const Request& request) {
    std::vector<Component> now = components(request);
    ingest::Sha256 hash;
    for (const Component& component : now)
        hash.update(component.bytes);
    const std::string got = hash.finish();
    if (m_first.empty()) {
        m_first = std::move(now);
        m_sha256 = got;
        return std::nullopt;
    }
    if (got == m_sha256)
        return std::nullopt;
    PrefixBreak found;
    found.expectedSha256 = m_sha256;
    found.gotSha256 = got;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < std::max(m_first.size(), now.size()); ++i) {
        const std::string_view was = i < m_first.size() ? std::string_view(m_first[i].bytes) : std::string_view();
        const std::string_view is = i < now.size() ? std::string_view(now[i].bytes) : std::string_view();
        const std::size_t same = std::size_t(std::mismatch(was.begin(), was.end(), is.begin(), is.end()).first - was.begin());
        if (same == was.size() && same == is.size() && i < m_first.size() && i < now.size()) {
            before += same;
            continue;
        }
        found.firstByte = before + same;
        found.writtenBy = i < m_first.size() ? m_first[i].name : now[i].name;
        if (found.writtenBy == "corpus" && m_context) {
            found.writtenBy = "manifest";
            for (const Piece& piece : m_context->pieces())
                if (same >= piece.begin && same < piece.end)
                    found.writtenBy = piece.id + " " + m_context->corpus().document(piece.document).path();
        }
        break;
    }
    return found;
}

} // namespace app
