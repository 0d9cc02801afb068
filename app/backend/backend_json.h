// Requests, events, replies, errors and infos as JSON: one line each between the program and its engine process. What
// comes from the other side is checked field by field; anything else throws std::runtime_error with a sentence. Pure
// functions; any thread.
#pragma once

#include "app/backend/backend.h"

#include <nlohmann/json.hpp>

namespace app {

nlohmann::json toJson(const Request& request);
nlohmann::json toJson(const Event& event);
nlohmann::json toJson(const Reply& reply);
nlohmann::json toJson(const BackendInfo& info);
nlohmann::json toJson(const BackendError& error);

Request requestFromJson(const nlohmann::json& json);
Event eventFromJson(const nlohmann::json& json);
Reply replyFromJson(const nlohmann::json& json);
BackendInfo infoFromJson(const nlohmann::json& json);
BackendError errorFromJson(const nlohmann::json& json);

// One line, newline included; bytes that are no UTF-8 become U+FFFD.
std::string jsonLine(const nlohmann::json& json);

} // namespace app
