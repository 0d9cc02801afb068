#include "engine/gguf.h"

#include "engine/foreign_json.h"
#include "engine/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace engine {

namespace {

using kernels::Type;

constexpr std::uint64_t maxKeys = 65'536, maxTensors = 65'536, maxKeyBytes = 65'535;
constexpr std::uint64_t maxArrayElements = 16u << 20, maxArrayStrings = 1u << 20;
constexpr std::uint64_t maxGgufDimension = std::uint64_t{1} << 40;
constexpr std::uint64_t maxHeader = 32u << 20; // published files need about 6 MB, nearly all of it vocabulary
constexpr std::uint64_t leastAlignment = 8, mostAlignment = 65'536;

std::uint64_t bytesOf(GgufType type) {
    switch (type) {
    case GgufType::U8:
    case GgufType::I8:
    case GgufType::Bool:
        return 1;
    case GgufType::U16:
    case GgufType::I16:
        return 2;
    case GgufType::U32:
    case GgufType::I32:
    case GgufType::F32:
        return 4;
    case GgufType::U64:
    case GgufType::I64:
    case GgufType::F64:
        return 8;
    case GgufType::String:
    case GgufType::Array:
        break;
    }
    return 0;
}

struct BlockType {
    std::uint32_t id;
    std::string_view name;
    std::optional<Type> type;
};
// Those without a Type are known by name only, so that the refusal can say what the file uses.
constexpr std::array<BlockType, 31> blockTypes{{
    {0, "F32", Type::F32},
    {1, "F16", Type::F16},
    {30, "BF16", Type::BF16},
    {8, "Q8_0", Type::Q8_0},
    {10, "Q2_K", Type::Q2_K},
    {12, "Q4_K", Type::Q4_K},
    {16, "IQ2_XXS", Type::IQ2_XXS},
    {39, "MXFP4", Type::MXFP4},
    {26, "I32", Type::I32},
    {27, "I64", Type::I64},
    {2, "Q4_0", {}},
    {3, "Q4_1", {}},
    {6, "Q5_0", {}},
    {7, "Q5_1", {}},
    {9, "Q8_1", {}},
    {11, "Q3_K", {}},
    {13, "Q5_K", {}},
    {14, "Q6_K", {}},
    {15, "Q8_K", {}},
    {17, "IQ2_XS", {}},
    {18, "IQ3_XXS", {}},
    {19, "IQ1_S", {}},
    {20, "IQ4_NL", {}},
    {21, "IQ3_S", {}},
    {22, "IQ2_S", {}},
    {23, "IQ4_XS", {}},
    {24, "I8", {}},
    {25, "I16", {}},
    {28, "F64", {}},
    {29, "IQ1_M", {}},
    {40, "NVFP4", {}},
}};

// Reads forward through the file and never past its end.
class Cursor {
public:
    Cursor(std::string_view bytes, const std::string& fileName) : m_bytes(bytes), m_fileName(fileName) {}

    std::uint64_t position() const { return m_at; }
    std::uint64_t remaining() const { return m_bytes.size() - m_at; }
    [[noreturn]] void refuse(const std::string& rule) const {
        refuseFile(m_fileName, rule + " (at byte " + std::to_string(m_at) + ")");
    }
    std::string_view take(std::uint64_t count, const char* what) {
        if (count > remaining())
            refuse(std::string(what) + " reaches beyond the file or the 32 MB its header may take");
        const std::string_view out = m_bytes.substr(m_at, count);
        m_at += count;
        return out;
    }
    template<class T>
    T number(const char* what) {
        T value;
        std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
        return value;
    }
    std::string_view string(const char* what) { return take(number<std::uint64_t>(what), what); }

private:
    std::string_view m_bytes;
    const std::string& m_fileName;
    std::uint64_t m_at = 0;
};

template<class T>
T load(std::string_view bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::optional<std::int64_t> integer(GgufType type, std::string_view bytes) {
    switch (type) {
    case GgufType::U8:
        return load<std::uint8_t>(bytes);
    case GgufType::I8:
        return load<std::int8_t>(bytes);
    case GgufType::U16:
        return load<std::uint16_t>(bytes);
    case GgufType::I16:
        return load<std::int16_t>(bytes);
    case GgufType::U32:
        return load<std::uint32_t>(bytes);
    case GgufType::I32:
        return load<std::int32_t>(bytes);
    case GgufType::I64:
        return load<std::int64_t>(bytes);
    case GgufType::U64: {
        const auto value = load<std::uint64_t>(bytes);
        if (value <= INT64_MAX) return static_cast<std::int64_t>(value);
        return {};
    }
    default:
        return {};
    }
}

std::optional<double> numberIn(GgufType type, std::string_view bytes) {
    if (const auto whole = integer(type, bytes)) return static_cast<double>(*whole);
    double value = NAN;
    if (type == GgufType::F32) value = static_cast<double>(load<float>(bytes));
    if (type == GgufType::F64) value = load<double>(bytes);
    if (!std::isfinite(value)) return {};
    return value;
}

GgufValue readArray(Cursor& cursor) {
    GgufValue value;
    value.type = GgufType::Array;
    const auto element = cursor.number<std::uint32_t>("an array's type");
    if (element > static_cast<std::uint32_t>(GgufType::F64))
        cursor.refuse("an array has an unknown element type");
    value.element = static_cast<GgufType>(element);
    if (value.element == GgufType::Array) cursor.refuse("an array holds arrays");
    value.count = cursor.number<std::uint64_t>("an array's length");
    if (value.element != GgufType::String) {
        if (value.count > maxArrayElements) cursor.refuse("an array has more than 16,777,216 elements");
        value.bytes = cursor.take(value.count * bytesOf(value.element), "an array");
        return value;
    }
    if (value.count > maxArrayStrings || value.count > cursor.remaining() / 8)
        cursor.refuse("an array has more strings than can be");
    Cursor inside = cursor;
    for (std::uint64_t i = 0; i < value.count; ++i) inside.string("a string of an array");
    value.bytes = cursor.take(inside.position() - cursor.position(), "an array");
    return value;
}

GgufValue readValue(Cursor& cursor) {
    const auto type = cursor.number<std::uint32_t>("a value's type");
    if (type > static_cast<std::uint32_t>(GgufType::F64)) cursor.refuse("a value has an unknown type");
    if (static_cast<GgufType>(type) == GgufType::Array) return readArray(cursor);
    GgufValue value;
    value.type = static_cast<GgufType>(type);
    value.bytes = value.type == GgufType::String ? cursor.string("a string")
                                                 : cursor.take(bytesOf(value.type), "a value");
    if (value.type == GgufType::Bool && static_cast<unsigned char>(value.bytes[0]) > 1)
        cursor.refuse("a truth value is neither 0 nor 1");
    return value;
}

std::string_view readKey(Cursor& cursor, const std::string& fileName) {
    const std::string_view key = cursor.string("a key");
    if (key.empty() || key.size() > maxKeyBytes)
        cursor.refuse("a metadata key is empty or longer than 65,535 bytes");
    for (const char c : key)
        if (c < 0x21 || c > 0x7E)
            refuseFile(fileName, "the metadata key " + quoteForeign(key) + " is not plain ASCII");
    return key;
}

struct Placed {
    StoredTensor stored;
    std::uint64_t offset = 0; // from the start of the data
};

const BlockType& blockType(std::uint32_t id, std::string_view name, const std::string& fileName) {
    const auto it =
        std::find_if(blockTypes.begin(), blockTypes.end(), [&](const BlockType& t) { return t.id == id; });
    if (it == blockTypes.end())
        refuseFile(fileName, "tensor " + quoteForeign(name) + " has the unknown type " + std::to_string(id));
    if (!it->type)
        refuseFile(fileName,
                   "tensor " + quoteForeign(name) + " is stored as " + std::string(it->name) +
                       ", which this program does not read (it reads F32, F16, BF16, Q8_0, Q2_K, Q4_K, "
                       "IQ2_XXS and MXFP4); take another quantisation");
    return *it;
}

Placed readTensorInfo(Cursor& cursor, std::uint64_t alignment, const std::string& fileName) {
    Placed placed;
    StoredTensor& stored = placed.stored;
    stored.name = cursor.string("a tensor's name");
    checkTensorName(stored.name, fileName);
    const auto refuse = [&](const std::string& rule) {
        refuseFile(fileName, "tensor " + quoteForeign(stored.name) + " " + rule);
    };
    const auto rank = cursor.number<std::uint32_t>("a tensor's rank");
    if (rank < 1 || rank > 4) refuse("has " + std::to_string(rank) + " dimensions instead of 1 to 4");
    std::array<std::uint64_t, 4> size{};
    std::uint64_t elements = 1;
    for (std::uint32_t i = 0; i < rank; ++i) {
        size[i] = cursor.number<std::uint64_t>("a tensor's shape");
        if (size[i] == 0) refuse("has a dimension of zero");
        if (size[i] > maxGgufDimension) refuse("has a dimension above 2^40");
        if (overflows(elements, size[i], elements)) refuse("has a shape whose product does not fit 64 bits");
    }
    const BlockType& type = blockType(cursor.number<std::uint32_t>("a tensor's type"), stored.name, fileName);
    stored.storedType = type.name;
    stored.readable = true;
    stored.tensor.type = *type.type;
    const std::uint64_t block = kernels::blockElements(*type.type);
    if (size[0] % block != 0)
        refuse("has rows of " + std::to_string(size[0]) + " values, not whole blocks of " +
               std::to_string(block));
    if (overflows(elements / block, kernels::blockBytes(*type.type), stored.bytes) ||
        stored.bytes > INT64_MAX)
        refuse("has a size that does not fit 64 bits");
    stored.tensor.shape.rank = static_cast<int>(rank);
    for (std::uint32_t i = 0; i < rank; ++i) // the file names the fastest dimension first
        stored.tensor.shape.size[i] = static_cast<std::int64_t>(size[rank - 1 - i]);
    placed.offset = cursor.number<std::uint64_t>("a tensor's offset");
    if (placed.offset % alignment != 0) refuse("lies at an offset that is not a multiple of the alignment");
    return placed;
}

// In order of offsets the tensors follow each other with nothing between but padding, up to the end of the
// file.
void checkCover(std::vector<Placed>& tensors, std::uint64_t dataBytes, std::uint64_t alignment,
                const std::string& fileName) {
    std::sort(tensors.begin(), tensors.end(),
              [](const Placed& a, const Placed& b) { return a.offset < b.offset; });
    std::uint64_t at = 0;
    for (const Placed& t : tensors) {
        const std::string label = "tensor " + quoteForeign(t.stored.name);
        if (t.offset < at) refuseFile(fileName, label + " overlaps the tensor before it");
        if (t.offset - at >= alignment) refuseFile(fileName, label + " leaves a hole before it");
        if (t.offset > dataBytes || t.stored.bytes > dataBytes - t.offset)
            refuseFile(fileName,
                       label + " reaches beyond the end of the file; it is cut short, fetch it again");
        at = t.offset + t.stored.bytes;
    }
    if (dataBytes - at >= alignment)
        refuseFile(fileName, std::to_string(dataBytes - at) + " bytes follow after the last tensor");
}

void checkUnique(std::vector<std::string_view> names, const char* what, const std::string& fileName) {
    std::sort(names.begin(), names.end());
    const auto twin = std::adjacent_find(names.begin(), names.end());
    if (twin != names.end())
        refuseFile(fileName, std::string(what) + " " + quoteForeign(*twin) + " occurs twice");
}

} // namespace

std::optional<std::uint64_t> GgufValue::asUnsigned() const {
    const auto value = integer(type, bytes);
    if (!value || *value < 0) return {};
    return static_cast<std::uint64_t>(*value);
}

std::optional<double> GgufValue::asNumber() const {
    return numberIn(type, bytes);
}

std::optional<bool> GgufValue::asBool() const {
    if (type != GgufType::Bool) return {};
    return bytes[0] != 0;
}

std::optional<std::string_view> GgufValue::asString() const {
    if (type != GgufType::String) return {};
    return bytes;
}

std::vector<double> GgufValue::numbers() const {
    std::vector<double> out;
    const std::uint64_t width = type == GgufType::Array ? bytesOf(element) : 0;
    for (std::uint64_t i = 0; width != 0 && i < count; ++i)
        if (const auto value = numberIn(element, bytes.substr(i * width, width))) out.push_back(*value);
    return out;
}

std::vector<std::string_view> GgufValue::strings() const {
    std::vector<std::string_view> out;
    if (type != GgufType::Array || element != GgufType::String) return out;
    std::string_view rest = bytes;
    for (std::uint64_t i = 0; i < count; ++i) { // lengths were checked when the file was read
        const auto length = load<std::uint64_t>(rest);
        out.push_back(rest.substr(8, length));
        rest.remove_prefix(8 + length);
    }
    return out;
}

const GgufValue* GgufFile::find(std::string_view key) const {
    const auto it = std::lower_bound(m_metadata.begin(), m_metadata.end(), key,
                                     [](const Entry& entry, std::string_view k) { return entry.key < k; });
    return it != m_metadata.end() && it->key == key ? &it->value : nullptr;
}

GgufFile GgufFile::read(std::span<const std::byte> file, const std::string& fileName) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    Cursor cursor(text.substr(0, maxHeader), fileName);
    if (cursor.take(4, "the magic number") != "GGUF") refuseFile(fileName, "it does not begin with \"GGUF\"");
    const auto version = cursor.number<std::uint32_t>("the version");
    if (version != 2 && version != 3)
        refuseFile(fileName, "its GGUF version is " + std::to_string(version) + ", neither 2 nor 3" +
                                 (__builtin_bswap32(version) <= 3 ? " (a big-endian file)" : ""));
    const auto tensorCount = cursor.number<std::uint64_t>("the tensor count");
    const auto keyCount = cursor.number<std::uint64_t>("the key count");
    // The shortest key takes 14 bytes, the shortest tensor 33.
    if (keyCount > maxKeys || keyCount > cursor.remaining() / 14)
        cursor.refuse("it claims " + std::to_string(keyCount) + " metadata keys");
    if (tensorCount > maxTensors || tensorCount > cursor.remaining() / 33)
        cursor.refuse("it claims " + std::to_string(tensorCount) + " tensors");

    GgufFile out;
    std::vector<std::string_view> names;
    for (std::uint64_t i = 0; i < keyCount; ++i) {
        const std::string_view key = readKey(cursor, fileName);
        out.m_metadata.push_back({key, readValue(cursor)});
        names.push_back(key);
    }
    checkUnique(std::move(names), "the metadata key", fileName);
    std::sort(out.m_metadata.begin(), out.m_metadata.end(),
              [](const Entry& a, const Entry& b) { return a.key < b.key; });

    std::uint64_t alignment = 32;
    if (const GgufValue* stated = out.find("general.alignment")) alignment = stated->asUnsigned().value_or(0);
    if (!std::has_single_bit(alignment) || alignment < leastAlignment || alignment > mostAlignment)
        refuseFile(fileName, "its alignment is not a power of two between 8 and 65,536");

    std::vector<Placed> placed;
    names.clear();
    for (std::uint64_t i = 0; i < tensorCount; ++i) {
        placed.push_back(readTensorInfo(cursor, alignment, fileName));
        names.push_back(placed.back().stored.name);
    }
    checkUnique(std::move(names), "tensor", fileName);
    const std::uint64_t start = (cursor.position() + alignment - 1) / alignment * alignment;
    if (start > file.size() && tensorCount > 0) cursor.refuse("the data begins beyond the end of the file");
    checkCover(placed, start > file.size() ? 0 : file.size() - start, alignment, fileName);
    for (Placed& t : placed) {
        t.stored.tensor.data =
            const_cast<std::byte*>(file.data() + start + t.offset); // kernels do not write to it
        out.m_tensors.push_back(t.stored);
    }
    return out;
}

} // namespace engine
