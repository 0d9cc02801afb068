// GoldenFile: the tensors of a *.golden.safetensors file, read through the engine's own directory reader.
#pragma once

#include "engine/safetensors.h"
#include "kernels/memory.h"

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

class GoldenFile {
public:
    explicit GoldenFile(const std::filesystem::path& file)
        : m_mapping(file), m_tensors(engine::readSafetensorsDirectory(m_mapping.bytes(), file.string())) {}

    bool has(const std::string& name) const { return find(name) != nullptr; }
    std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const engine::StoredTensor& tensor : m_tensors) list.emplace_back(tensor.name);
        return list;
    }
    kernels::Shape shape(const std::string& name) const { return at(name).shape; }
    template<class T>
    std::vector<T> values(const std::string& name) const {
        const kernels::Tensor& tensor = at(name);
        std::vector<T> out(static_cast<std::size_t>(tensor.shape.elements()));
        if (tensor.bytes() != out.size() * sizeof(T)) throw std::runtime_error(name + " has another type than the test expects.");
        if (!out.empty()) std::memcpy(out.data(), tensor.data, tensor.bytes());
        return out;
    }

private:
    const engine::StoredTensor* find(const std::string& name) const {
        for (const engine::StoredTensor& tensor : m_tensors)
            if (tensor.name == name) return &tensor;
        return nullptr;
    }
    const kernels::Tensor& at(const std::string& name) const {
        const engine::StoredTensor* stored = find(name);
        if (!stored) throw std::runtime_error("The golden file has no " + name + ".");
        return stored->tensor;
    }

    kernels::Mapping m_mapping;
    std::vector<engine::StoredTensor> m_tensors;
};

} // namespace support
