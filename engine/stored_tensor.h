// StoredTensor: one line of a checkpoint's directory after its file passed every rule; what the readers of
// safetensors and GGUF hand to Weights. Names and data are views into the file's mapping and live as long as
// it.
#pragma once

#include "kernels/tensor.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace engine {

struct StoredTensor {
    std::string_view name;
    std::string_view storedType; // as the file spells it
    kernels::Tensor tensor;      // shape as published, outermost first
    std::uint64_t bytes = 0;
    bool readable = false; // false: a type or rank no operation of ours takes; only its range was checked
};

[[noreturn]] inline void refuseFile(const std::string& file, const std::string& rule) {
    throw std::runtime_error(file + " is refused: " + rule + ".");
}

// True when a times b does not fit; else `product` holds it.
inline bool overflows(std::uint64_t a, std::uint64_t b, std::uint64_t& product) {
    return __builtin_mul_overflow(a, b, &product);
}

} // namespace engine
