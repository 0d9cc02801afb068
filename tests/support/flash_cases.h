// Operations at V4-Flash's own sizes: too slow for every test, run by lectern-check on a GPU beside
// flash_attention_checks.h. Quantised inputs hold spikes (a power of two, so that bf16 still holds them): a block's scale is then one value's.
#pragma once

#include "tests/support/operation_list.h"

namespace support {

inline std::vector<OperationCase> flashCases(Mode mode) {
    std::vector<OperationCase> list;
    for (const float spike : {1.0f, 4096.0f})
        for (const std::int64_t count : {1, 8, 130}) {
            cases::addLinear(list, mode, Type::F8E4M3, Product::Quantised, count, 4096, 1024, 1, spike);
            cases::addLinear(list, mode, Type::BF16, Product::Full, count, 4096, 256, 1, spike);
            cases::addLinear(list, mode, Type::BF16, Product::Rounded, count, 4096, 64, 1, spike);
        }
    cases::addLinear(list, mode, Type::F8E4M3, Product::Quantised, 3, 1024, 32768, 1);
    cases::addLinear(list, mode, Type::F8E4M3, Product::Rounded, 5, 4096, 8192, 8);
    cases::addLinear(list, mode, Type::F8E4M3, Product::Quantised, 9, 8192, 4096, 1);
    cases::addNorms(list, mode, {1024, 4096}, {4096});
    cases::addLatents(list, mode, {512, 64, 128, 64});
    cases::addExpertSizes(list, mode, {{1, 4096, 2048, 7, 6, Type::F4E2M1, false, false}, {12, 4096, 2048, 7, 6, Type::F4E2M1, false, false}});
    return list;
}

} // namespace support
