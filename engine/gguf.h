// GGUF (versions 2 and 3): metadata and tensor directory of one file, read from bytes that may be hostile.
// Nothing here touches a tensor's bytes, and nothing is allocated by a number of the file before that number
// is checked. A broken rule throws std::runtime_error naming file, key or tensor, and rule. What the names
// and keys mean for DeepSeek-V4 is gguf_model.h. Pure functions, any thread; views live as long as the bytes.
// Rules: v4-formats.md 1.8 and section 2.
#pragma once

#include "engine/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class GgufType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };

// A metadata value where it lies: a string's characters, a number's bytes, or an array's elements one after
// another.
struct GgufValue {
    GgufType type = GgufType::U8;
    GgufType element = GgufType::U8; // of an array
    std::uint64_t count = 1;
    std::string_view bytes;

    std::optional<std::uint64_t> asUnsigned() const; // any integer type, when not negative
    std::optional<double> asNumber() const;          // integers and finite floats
    std::optional<bool> asBool() const;
    std::optional<std::string_view> asString() const;
    std::vector<double> numbers() const; // of an array of numbers, else empty; a non-finite one is left out
    std::vector<std::string_view> strings() const; // of an array of strings, else empty
};

class GgufFile {
public:
    // `fileName` is for messages.
    static GgufFile read(std::span<const std::byte> file, const std::string& fileName);

    const GgufValue* find(std::string_view key) const; // null when absent
    const std::vector<StoredTensor>& tensors() const { return m_tensors; }

private:
    struct Entry {
        std::string_view key;
        GgufValue value;
    };
    std::vector<Entry> m_metadata;       // sorted by key
    std::vector<StoredTensor> m_tensors; // names as the file spells them
};

} // namespace engine
