// Any bytes as a GGUF file: refused with a sentence, or its tensors lie in it and its metadata make valid JSON.
#include "engine/config.h"
#include "engine/gguf_model.h"
#include "kernels/gguf_formats.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
    try {
        const engine::GgufFile file = engine::GgufFile::read(bytes, "fuzz");
        for (const engine::StoredTensor& t : file.tensors()) {
            const auto begin = static_cast<std::size_t>(t.tensor.as<std::byte>() - bytes.data());
            if (begin > size || t.bytes > size - begin || t.tensor.bytes() != t.bytes) std::abort();
            (void)engine::publishedNameOfGguf(t.name, 43);
            float values[256];
            const auto block = static_cast<std::int64_t>(kernels::blockElements(t.tensor.type));
            if (kernels::isGgufBlockType(t.tensor.type)) kernels::decodeGguf(t.tensor.type, t.tensor.as<std::byte>(), block, values);
        }
        const std::string config = engine::ggufConfig(file, {}, "fuzz");
        (void)engine::ggufTokenizer(file, "fuzz");
        (void)engine::ModelConfig::parse(config);
    } catch (const std::runtime_error&) {
    }
    return 0;
}
