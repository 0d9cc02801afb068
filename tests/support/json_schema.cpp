#include "tests/support/json_schema.h"

#include "app/resources.h"

#include <algorithm>
#include <regex>
#include <set>

namespace support {

using Json = nlohmann::ordered_json;

namespace {

class Validator {
public:
    explicit Validator(const Json& root) : m_root(root) {}

    std::string check(const Json& value, const Json& schema, const std::string& at) {
        if (schema.is_boolean())
            return schema.get<bool>() ? "" : at + ": nothing is allowed here";
        static const std::set<std::string> known{"$schema", "$id", "$ref", "$defs", "title", "description", "type", "const", "enum", "required",
                                                 "properties", "additionalProperties", "items", "minItems", "maxItems", "minimum", "maximum",
                                                 "minLength", "pattern", "format", "allOf", "anyOf", "oneOf", "if", "then", "else"};
        for (const auto& [key, rule] : schema.items())
            if (!known.contains(key))
                return at + ": the schema uses \"" + key + "\", which this test does not know";
        if (const auto ref = schema.find("$ref"); ref != schema.end()) {
            const std::string name = ref->get<std::string>();
            if (!name.starts_with("#/"))
                return at + ": only local references are known";
            if (std::string problem = check(value, m_root.at(Json::json_pointer(name.substr(1))), at); !problem.empty())
                return problem;
        }
        for (const auto rule : {&Validator::checkType, &Validator::checkValue, &Validator::checkObject, &Validator::checkArray, &Validator::checkCombined})
            if (std::string problem = (this->*rule)(value, schema, at); !problem.empty())
                return problem;
        return {};
    }

private:
    static bool is(const Json& value, const std::string& type) {
        return type == "object"    ? value.is_object()
               : type == "array"   ? value.is_array()
               : type == "string"  ? value.is_string()
               : type == "integer" ? value.is_number_integer()
               : type == "number"  ? value.is_number()
               : type == "boolean" ? value.is_boolean()
                                   : type == "null" && value.is_null();
    }

    std::string checkType(const Json& value, const Json& schema, const std::string& at) {
        const auto type = schema.find("type");
        if (type == schema.end())
            return {};
        const Json types = type->is_array() ? *type : Json::array({*type});
        for (const Json& each : types)
            if (is(value, each.get<std::string>()))
                return {};
        return at + ": is " + value.type_name() + ", not " + type->dump();
    }

    std::string checkValue(const Json& value, const Json& schema, const std::string& at) {
        if (const auto rule = schema.find("const"); rule != schema.end() && *rule != value)
            return at + ": is " + value.dump() + ", not " + rule->dump();
        if (const auto rule = schema.find("enum"); rule != schema.end() && std::find(rule->begin(), rule->end(), value) == rule->end())
            return at + ": " + value.dump() + " is none of " + rule->dump();
        if (const auto rule = schema.find("minimum"); rule != schema.end() && value.is_number() && value.get<double>() < rule->get<double>())
            return at + ": below minimum " + rule->dump();
        if (const auto rule = schema.find("maximum"); rule != schema.end() && value.is_number() && value.get<double>() > rule->get<double>())
            return at + ": above maximum " + rule->dump();
        if (const auto rule = schema.find("minLength"); rule != schema.end() && value.is_string() && value.get_ref<const std::string&>().size() < rule->get<std::size_t>())
            return at + ": too short";
        if (const auto rule = schema.find("pattern"); rule != schema.end() && value.is_string() &&
                                                       !std::regex_search(value.get_ref<const std::string&>(), std::regex(rule->get<std::string>())))
            return at + ": " + value.dump() + " does not match " + rule->dump();
        return {};
    }

    std::string checkObject(const Json& value, const Json& schema, const std::string& at) {
        if (!value.is_object())
            return {};
        if (const auto rule = schema.find("required"); rule != schema.end())
            for (const Json& key : *rule)
                if (!value.contains(key.get<std::string>()))
                    return at + ": lacks \"" + key.get<std::string>() + "\"";
        static const Json none = Json::object();
        const auto found = schema.find("properties");
        const Json& properties = found == schema.end() ? none : *found;
        for (const auto& [key, member] : value.items()) {
            std::string problem;
            if (const auto rule = properties.find(key); rule != properties.end())
                problem = check(member, *rule, at + "/" + key);
            else if (const auto others = schema.find("additionalProperties"); others != schema.end())
                problem = check(member, *others, at + "/" + key);
            if (!problem.empty())
                return problem;
        }
        return {};
    }

    std::string checkArray(const Json& value, const Json& schema, const std::string& at) {
        if (!value.is_array())
            return {};
        if (const auto rule = schema.find("minItems"); rule != schema.end() && value.size() < rule->get<std::size_t>())
            return at + ": has too few items";
        if (const auto rule = schema.find("maxItems"); rule != schema.end() && value.size() > rule->get<std::size_t>())
            return at + ": has too many items";
        if (const auto rule = schema.find("items"); rule != schema.end())
            for (std::size_t i = 0; i < value.size(); ++i)
                if (std::string problem = check(value[i], *rule, at + "/" + std::to_string(i)); !problem.empty())
                    return problem;
        return {};
    }

    std::string checkCombined(const Json& value, const Json& schema, const std::string& at) {
        if (const auto rule = schema.find("allOf"); rule != schema.end())
            for (const Json& part : *rule)
                if (std::string problem = check(value, part, at); !problem.empty())
                    return problem;
        for (const char* name : {"anyOf", "oneOf"})
            if (const auto rule = schema.find(name); rule != schema.end()) {
                int fitting = 0;
                for (const Json& part : *rule)
                    fitting += check(value, part, at).empty();
                if (fitting == 0 || (std::string(name) == "oneOf" && fitting > 1))
                    return at + ": fits " + std::to_string(fitting) + " of " + name;
            }
        if (const auto rule = schema.find("if"); rule != schema.end()) {
            const auto branch = schema.find(check(value, *rule, at).empty() ? "then" : "else");
            if (branch != schema.end())
                return check(value, *branch, at);
        }
        return {};
    }

    const Json& m_root;
};

} // namespace

std::string validate(const Json& document, const Json& schema) {
    return Validator(schema).check(document, schema, "");
}

std::string validate(const Json& document, const std::string& schemaName) {
    return validate(document, Json::parse(app::readResource("schema/" + schemaName + ".schema.json")));
}

} // namespace support
