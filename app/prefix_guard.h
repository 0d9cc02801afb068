// PrefixGuard: notices when what should be the same in every call is not. Remembers the rendered prefix of a run as
// named components; a later call is compared byte for byte and a difference names the first differing byte and who
// wrote it (event prefix.break). One thread at a time.
#pragma once

#include "app/backend/backend.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace app {

struct PrefixBreak {
    std::uint64_t firstByte = 0;        // in the concatenated prefix
    std::string writtenBy;              // "system", "tools", "manifest", "f017 src/net/rx.c", "warm-up reply", "effort"
    std::string expectedSha256, gotSha256;
};

class Context;

class PrefixGuard {
public:
    // `context` names the components of user 1; may be null.
    explicit PrefixGuard(const Context* context = nullptr) : m_context(context) {}
    // First call: remembers and returns nothing. Later: the first difference, if any.
    std::optional<PrefixBreak> check(const Request& request);
    const std::string& sha256() const { return m_sha256; }

private:
    struct Component {
        std::string name, bytes;
    };
    std::vector<Component> components(const Request& request) const;
    const Context* m_context;
    std::vector<Component> m_first;
    std::string m_sha256;
};

} // namespace app
