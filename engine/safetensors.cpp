#include "engine/safetensors.h"

#include "engine/foreign_json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace engine {

namespace {

using kernels::Type;

struct DataType {
    std::string_view name;
    unsigned bits;
    std::optional<Type> type; // what a kernel calls it, if any takes it
};

// Official V4 files pack FP4 as I8; some writers call the same bytes U8.
constexpr std::array<DataType, 22> dataTypes{{
    {"F32", 32, Type::F32},
    {"F16", 16, Type::F16},
    {"BF16", 16, Type::BF16},
    {"F8_E4M3", 8, Type::F8E4M3},
    {"F8_E8M0", 8, Type::E8M0},
    {"I8", 8, Type::I8},
    {"U8", 8, Type::I8},
    {"I32", 32, Type::I32},
    {"I64", 64, Type::I64},
    {"BOOL", 8, {}},
    {"F8_E5M2", 8, {}},
    {"F8_E4M3FNUZ", 8, {}},
    {"F8_E5M2FNUZ", 8, {}},
    {"I16", 16, {}},
    {"U16", 16, {}},
    {"U32", 32, {}},
    {"U64", 64, {}},
    {"F64", 64, {}},
    {"C64", 64, {}},
    {"F4", 4, {}},
    {"F6_E2M3", 6, {}},
    {"F6_E3M2", 6, {}},
}};

const DataType* findDataType(std::string_view name) {
    const auto it =
        std::find_if(dataTypes.begin(), dataTypes.end(), [&](const DataType& d) { return d.name == name; });
    return it == dataTypes.end() ? nullptr : &*it;
}

constexpr int maxDimensions = 8;
constexpr std::uint64_t maxDimension = std::uint64_t{1} << 40;

// One entry as the header states it, before its claims are compared with each other and with the file.
struct Entry {
    std::string_view name;
    std::string_view type;
    std::array<std::uint64_t, maxDimensions> shape{};
    int rank = 0;
    std::uint64_t begin = 0, end = 0;
};

std::string tensorLabel(std::string_view name) {
    return "tensor " + quoteForeign(name);
}

void readShape(JsonReader& json, Entry& entry) {
    json.enterArray();
    while (json.nextElement()) {
        if (entry.rank == maxDimensions) json.fail(tensorLabel(entry.name) + " has more than 8 dimensions");
        const std::uint64_t size = json.unsignedInteger();
        if (size > maxDimension) json.fail(tensorLabel(entry.name) + " has a dimension above 2^40");
        entry.shape[static_cast<std::size_t>(entry.rank++)] = size;
    }
}

void readOffsets(JsonReader& json, Entry& entry) {
    json.enterArray();
    for (std::uint64_t* place : {&entry.begin, &entry.end}) {
        if (!json.nextElement())
            json.fail("the data_offsets of " + tensorLabel(entry.name) + " are not two numbers");
        *place = json.unsignedInteger();
    }
    if (json.nextElement())
        json.fail("the data_offsets of " + tensorLabel(entry.name) + " are more than two numbers");
}

Entry readEntry(JsonReader& json, std::string_view name) {
    Entry entry;
    entry.name = name;
    bool hasType = false, hasShape = false, hasOffsets = false;
    json.enterObject();
    while (json.nextKey()) {
        const std::string& key = json.key();
        bool& seen = key == "dtype" ? hasType : key == "shape" ? hasShape : hasOffsets;
        if (key != "dtype" && key != "shape" && key != "data_offsets")
            json.fail(tensorLabel(name) + " has the unknown field " + quoteForeign(key));
        if (seen) json.fail(tensorLabel(name) + " states " + key + " twice");
        seen = true;
        if (key == "dtype")
            entry.type = json.string();
        else if (key == "shape")
            readShape(json, entry);
        else
            readOffsets(json, entry);
        // A view of a string with escapes would not outlive the next read; no type name needs one.
        if (key == "dtype" && !findDataType(entry.type))
            entry.type = "unknown";
        else if (key == "dtype")
            entry.type = findDataType(entry.type)->name;
    }
    if (!hasType || !hasShape || !hasOffsets)
        json.fail(tensorLabel(name) + " lacks dtype, shape or data_offsets");
    return entry;
}

// Rules 7 and 8: what type and shape ask for must be what the offsets give.
void checkSize(const Entry& entry, const std::string& fileName) {
    const auto refuse = [&](const std::string& rule) {
        refuseFile(fileName, tensorLabel(entry.name) + " " + rule);
    };
    if (entry.end < entry.begin) refuse("ends before it begins");
    std::uint64_t elements = 1;
    for (int i = 0; i < entry.rank; ++i)
        if (overflows(elements, entry.shape[static_cast<std::size_t>(i)], elements))
            refuse("has a shape whose product does not fit 64 bits");
    const DataType* type = findDataType(entry.type);
    if (!type) return; // nothing known to compare with; its range is still checked against its neighbours
    std::uint64_t bits = 0;
    if (overflows(elements, type->bits, bits)) refuse("has a size that does not fit 64 bits");
    if (bits % 8 != 0) refuse("does not fill whole bytes");
    if (bits / 8 != entry.end - entry.begin)
        refuse("has " + std::to_string(entry.end - entry.begin) + " bytes by its offsets but " +
               std::to_string(bits / 8) + " by its type and shape");
}

// Rules 9 and 10: sorted by offset the tensors cover the data area exactly, without hole or overlap.
void checkCover(std::vector<Entry>& entries, std::uint64_t dataBytes, const std::string& fileName) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t at = 0;
    for (const Entry& entry : entries) {
        if (entry.begin != at)
            refuseFile(fileName,
                       tensorLabel(entry.name) + (entry.begin < at ? " overlaps the tensor before it"
                                                                   : " leaves a hole before it"));
        at = entry.end;
    }
    if (at > dataBytes)
        refuseFile(fileName, "its tensors need " + std::to_string(at) + " bytes but only " +
                                 std::to_string(dataBytes) +
                                 " follow the header; the file is cut short, fetch it again");
    if (at < dataBytes)
        refuseFile(fileName, std::to_string(dataBytes - at) + " bytes follow after the last tensor");
}

void checkUniqueNames(const std::vector<Entry>& entries, const std::string& fileName) {
    std::vector<std::string_view> names;
    names.reserve(entries.size());
    for (const Entry& entry : entries) names.push_back(entry.name);
    std::sort(names.begin(), names.end());
    const auto twin = std::adjacent_find(names.begin(), names.end());
    if (twin != names.end()) refuseFile(fileName, tensorLabel(*twin) + " occurs twice");
}

// Free text by and for writers; the format allows only strings in it.
void skipMetadata(JsonReader& json) {
    std::vector<std::string> keys;
    json.enterObject();
    while (json.nextKey()) {
        keys.push_back(json.key());
        if (keys.size() > 65'536) json.fail("the __metadata__ has more than 65,536 entries");
        json.string();
    }
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end())
        json.fail("a key of __metadata__ occurs twice");
}

std::vector<Entry> readEntries(std::string_view header, const std::string& fileName) {
    std::vector<Entry> entries;
    JsonReader json(header, fileName, {4, maxTensorsPerFile + 1});
    bool metadataSeen = false;
    json.enterObject();
    while (json.nextKey()) {
        if (json.key() == "__metadata__") {
            if (metadataSeen) json.fail("the key \"__metadata__\" occurs twice");
            metadataSeen = true;
            skipMetadata(json);
            continue;
        }
        const std::string_view name = json.plainKey();
        if (name.empty()) json.fail("a tensor name is empty or spelled with escapes");
        checkTensorName(name, fileName);
        if (entries.size() == maxTensorsPerFile) json.fail("more than 160,000 tensors");
        entries.push_back(readEntry(json, name));
    }
    json.finish();
    return entries;
}

StoredTensor placed(const Entry& entry, const std::byte* data) {
    StoredTensor stored;
    stored.name = entry.name;
    stored.storedType = entry.type;
    stored.bytes = entry.end - entry.begin;
    const DataType* type = findDataType(entry.type);
    stored.readable = type && type->type && entry.rank <= kernels::maxRank;
    // Kernels promise not to write through a checkpoint's tensors; the mapping is read-only and would fault.
    stored.tensor.data = const_cast<std::byte*>(data + entry.begin);
    if (stored.readable) {
        stored.tensor.type = *type->type;
        stored.tensor.shape.rank = entry.rank;
        for (int i = 0; i < entry.rank; ++i)
            stored.tensor.shape.size[static_cast<std::size_t>(i)] =
                static_cast<std::int64_t>(entry.shape[static_cast<std::size_t>(i)]);
    }
    return stored;
}

} // namespace

void checkTensorName(std::string_view name, const std::string& fileName) {
    if (name.empty()) refuseFile(fileName, "a tensor has no name");
    if (name.size() > maxTensorName)
        refuseFile(fileName, tensorLabel(name) + " has a name longer than 256 bytes");
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            refuseFile(fileName, tensorLabel(name) + " has a control character in its name");
}

std::vector<StoredTensor> readSafetensorsDirectory(std::span<const std::byte> file,
                                                   const std::string& fileName) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (text.starts_with("version https://git-lfs"))
        refuseFile(fileName, "it is a Git LFS pointer, not the weights; run \"git lfs pull\" in its folder");
    if (file.size() < 8)
        refuseFile(fileName, "it is shorter than the 8 bytes every safetensors file begins with");
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    if (length > maxSafetensorsHeader)
        refuseFile(fileName, "its header claims " + std::to_string(length) + " bytes, more than 100,000,000");
    if (length > file.size() - 8)
        refuseFile(fileName, "its header claims " + std::to_string(length) + " bytes but only " +
                                 std::to_string(file.size() - 8) +
                                 " follow; the file is cut short, fetch it again");
    const std::string_view header = text.substr(8, length);
    if (header.empty() || header.front() != '{') refuseFile(fileName, "its header does not begin with '{'");

    std::vector<Entry> entries = readEntries(header, fileName);
    for (const Entry& entry : entries) checkSize(entry, fileName);
    checkUniqueNames(entries, fileName);
    checkCover(entries, file.size() - 8 - length, fileName);

    std::vector<StoredTensor> tensors;
    tensors.reserve(entries.size());
    for (const Entry& entry : entries) tensors.push_back(placed(entry, file.data() + 8 + length));
    return tensors;
}

} // namespace engine
