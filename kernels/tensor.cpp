#include "kernels/tensor.h"

namespace kernels {

std::size_t blockElements(Type type) {
    switch (type) {
    case Type::F4E2M1:
        return 2;
    case Type::Q8_0:
    case Type::MXFP4:
        return 32;
    case Type::Q2_K:
    case Type::Q4_K:
    case Type::IQ2_XXS:
        return 256;
    default:
        return 1;
    }
}

std::size_t blockBytes(Type type) {
    switch (type) {
    case Type::F32:
    case Type::I32:
        return 4;
    case Type::F16:
    case Type::BF16:
        return 2;
    case Type::I64:
        return 8;
    case Type::F8E4M3:
    case Type::F4E2M1:
    case Type::E8M0:
    case Type::I8:
        return 1;
    case Type::Q8_0:
        return 34; // f16 scale, 32 signed bytes
    case Type::MXFP4:
        return 17; // E8M0 scale, 32 nibbles
    case Type::Q2_K:
        return 84; // 16 scale nibble pairs, 256 two-bit values, two f16
    case Type::Q4_K:
        return 144; // two f16, 12 bytes of 6-bit scales, 256 nibbles
    case Type::IQ2_XXS:
        return 66; // f16 scale, 32 bytes of grid indices and signs, twice
    }
    return 1;
}

const char* typeName(Type type) {
    switch (type) {
    case Type::F32:
        return "F32";
    case Type::F16:
        return "F16";
    case Type::BF16:
        return "BF16";
    case Type::F8E4M3:
        return "F8_E4M3";
    case Type::F4E2M1:
        return "F4_E2M1";
    case Type::E8M0:
        return "F8_E8M0";
    case Type::I8:
        return "I8";
    case Type::I32:
        return "I32";
    case Type::I64:
        return "I64";
    case Type::Q8_0:
        return "Q8_0";
    case Type::Q2_K:
        return "Q2_K";
    case Type::Q4_K:
        return "Q4_K";
    case Type::IQ2_XXS:
        return "IQ2_XXS";
    case Type::MXFP4:
        return "MXFP4";
    }
    return "unknown";
}

} // namespace kernels
