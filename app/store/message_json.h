// Messages and replies as JSON text for the store: byte for byte, also where the bytes are no UTF-8 (then in base64),
// because what was sampled is replayed exactly. Pure functions.
#pragma once

#include "app/backend/backend.h"

#include <string>

namespace app {

std::string messageToJson(const Message& message);
Message messageFromJson(const std::string& json); // throws std::runtime_error on anything it did not write

} // namespace app
