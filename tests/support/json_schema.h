// Holds a JSON document against one of the schemas in resources/schema: the part of JSON Schema 2020-12 that they use
// (type, const, enum, required, properties, additionalProperties, items, minItems, minimum, maximum, minLength, pattern,
// allOf, anyOf, oneOf, if/then/else, local $ref). A keyword it does not know is an error, so that no rule is skipped
// unseen.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace support {

// Empty when valid, else the first place and rule: "/files/3/tokens: below minimum 0".
std::string validate(const nlohmann::ordered_json& document, const nlohmann::ordered_json& schema);
// The same with resources/schema/NAME.schema.json.
std::string validate(const nlohmann::ordered_json& document, const std::string& schemaName);

} // namespace support
