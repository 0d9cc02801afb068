// Keyring: API keys in the system's key ring (Secret Service or KWallet) through QtKeychain. An entry belongs
// to an origin
// ("https://api.deepseek.com"), so that a key never goes to a server it was not typed for. No insecure
// fallback: where no key ring answers, a sentence says so and names the environment variable as the way out.
// Calls block until the ring has answered, an unlock dialog of the desktop included, and may come from any
// thread but the ring's own; never from the main thread of the window. Source: reliability.md R28.
#pragma once

#include "app/backend/key_source.h"

#include <string>

namespace app {

// False where the program was built without QtKeychain: every call then throws the sentence that says so.
bool keyringBuiltIn();
// The entry's name: scheme, host and port of an endpoint's address. Throws BackendError(Configuration) for a
// bad address.
std::string keyringEntry(const std::string& endpointUrl);

// Each throws BackendError(Configuration) with what happened and what to do.
Secret readKeyring(const std::string& entry);
void writeKeyring(const std::string& entry, const Secret& key);
void removeKeyring(const std::string& entry); // one that is not there is gone already

} // namespace app
