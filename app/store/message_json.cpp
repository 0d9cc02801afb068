#include "app/store/message_json.h"

#include <nlohmann/json.hpp>

#include <QByteArray>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

void putBytes(Json& object, const char* key, const std::string& bytes) {
    if (bytes.empty())
        return;
    try {
        (void)Json(bytes).dump(); // throws on bytes that are no UTF-8
        object[key] = bytes;
    } catch (const Json::type_error&) {
        object[std::string(key) + "_base64"] =
            QByteArray::fromRawData(bytes.data(), qsizetype(bytes.size())).toBase64().toStdString();
    }
}

std::string takeBytes(const Json& object, const char* key) {
    if (const auto plain = object.find(key); plain != object.end())
        return plain->get<std::string>();
    if (const auto coded = object.find(std::string(key) + "_base64"); coded != object.end())
        return QByteArray::fromBase64(QByteArray::fromStdString(coded->get<std::string>())).toStdString();
    return {};
}

constexpr const char* roleNames[] = {"system", "user", "assistant", "tool"};

} // namespace

std::string messageToJson(const Message& message) {
    Json object = {{"role", roleNames[int(message.role)]}};
    putBytes(object, "text", message.text);
    putBytes(object, "reasoning", message.reasoning);
    for (const ToolCall& call : message.calls) {
        Json item = Json::object();
        putBytes(item, "id", call.id);
        putBytes(item, "name", call.name);
        putBytes(item, "arguments", call.arguments);
        object["calls"].push_back(std::move(item));
    }
    putBytes(object, "tool_call_id", message.toolCallId);
    if (!message.sampled.empty())
        object["sampled"] = message.sampled;
    return object.dump();
}

Message messageFromJson(const std::string& text) {
    try {
        const Json object = Json::parse(text);
        Message message;
        const auto role = object.at("role").get<std::string>();
        int index = 0;
        while (index < 4 && role != roleNames[index])
            ++index;
        if (index == 4)
            throw std::runtime_error("unknown role");
        message.role = Role(index);
        message.text = takeBytes(object, "text");
        message.reasoning = takeBytes(object, "reasoning");
        if (const auto calls = object.find("calls"); calls != object.end())
            for (const Json& item : *calls)
                message.calls.push_back({takeBytes(item, "id"), takeBytes(item, "name"), takeBytes(item, "arguments")});
        message.toolCallId = takeBytes(object, "tool_call_id");
        if (const auto sampled = object.find("sampled"); sampled != object.end())
            message.sampled = sampled->get<std::vector<std::int32_t>>();
        return message;
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string("A stored message cannot be read (") + error.what() +
                                 "): run lectern sessions check.");
    }
}

} // namespace app
