// The k best of a stream of scores, held by one warp in shared memory: candidates that beat the k-th best so
// far are appended, and a full list is cut back to the k best. Exact, because a running k-th best can only
// rise. Of equal scores the lowest index wins, -0 counts as +0. The order of arrival is kept, and the set is
// the same for any order. All functions are for whole warps with the same arguments in every lane where not
// said otherwise.
#pragma once

#include "kernels/cuda/lanes.h"

#include <cstdint>

namespace kernels::cuda {

// An entry as one number: a better score is larger, and of equal scores the lower index is.
using Candidate = std::uint64_t;

// Floats in the order of unsigned integers. NaN is the caller's to replace.
__device__ inline std::uint32_t orderOf(float score) {
    const std::uint32_t bits = bitsOf(score + 0.0f); // -0 becomes +0
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
__device__ inline Candidate candidateOf(std::uint32_t order, std::int64_t index) {
    return std::uint64_t{order} << 32 | (0xffffffffu - static_cast<std::uint32_t>(index));
}
__device__ inline std::uint32_t orderOf(Candidate c) {
    return static_cast<std::uint32_t>(c >> 32);
}
__device__ inline std::int32_t indexOf(Candidate c) {
    return static_cast<std::int32_t>(0xffffffffu - static_cast<std::uint32_t>(c));
}

__device__ inline int warpSumOf(int value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(everyLane, value, distance);
    return value;
}

class BestList {
public:
    // `room` entries in shared memory, at least k + 64.
    __device__ BestList(Candidate* entries, int room, int k) : m_entries(entries), m_room(room), m_k(k) {}

    __device__ int size() const { return m_size; }
    __device__ Candidate entry(int i) const { return m_entries[i]; }
    // Scores below this order cannot enter; scores above it, or equal, must be offered.
    __device__ std::uint32_t least() const { return m_least; }

    // From here on indices are `next` and above, in ascending order until the next call.
    __device__ void walkFrom(std::int64_t next) { m_least = leastFor(next); }

    // A lane offers its candidate where `there`; lanes in ascending order of index. `next`: where the walk
    // goes on.
    __device__ void offer(bool there, Candidate c, std::int64_t next) {
        const unsigned lane = threadIdx.x % 32;
        const bool take = there && c > m_last;
        const unsigned mask = __ballot_sync(everyLane, take);
        if (take) m_entries[m_size + __popc(mask & ((1u << lane) - 1))] = c;
        m_size += __popc(mask);
        __syncwarp();
        if (m_size > m_room - 32) cut(next);
    }

    // Back to the k best, in their order of arrival.
    __device__ void cut(std::int64_t next) {
        if (m_size <= m_k) return;
        m_last = findLast();
        __syncwarp();
        const unsigned lane = threadIdx.x % 32;
        int kept = 0;
        for (int begin = 0; begin < m_size; begin += 32) {
            const int i = begin + static_cast<int>(lane);
            const Candidate c = i < m_size ? m_entries[i] : 0;
            const unsigned mask = __ballot_sync(everyLane, c >= m_last);
            __syncwarp(); // a vote orders no memory: every lane has read before one writes
            if (c >= m_last) m_entries[kept + __popc(mask & ((1u << lane) - 1))] = c;
            kept += __popc(mask);
            __syncwarp();
        }
        m_size = kept;
        m_least = leastFor(next);
    }

private:
    // Ties with the k-th best enter only from lower indices.
    __device__ std::uint32_t leastFor(std::int64_t next) const {
        return m_last == 0 ? 0 : orderOf(m_last) + (indexOf(m_last) < next ? 1 : 0);
    }

    template<class Test>
    __device__ int count(const Test& test) const {
        int n = 0;
#pragma unroll 4
        for (int i = static_cast<int>(threadIdx.x % 32); i < m_size; i += 32) n += test(m_entries[i]) ? 1 : 0;
        return warpSumOf(n);
    }

    // The k-th best of more than k entries: the range of orders is quartered, then among ties that of indices
    // halved.
    __device__ Candidate findLast() const {
        std::uint32_t low = 0xffffffffu, high = 0;
#pragma unroll 4
        for (int i = static_cast<int>(threadIdx.x % 32); i < m_size; i += 32) {
            low = min(low, orderOf(m_entries[i]));
            high = max(high, orderOf(m_entries[i]));
        }
        for (int distance = 16; distance > 0; distance /= 2) {
            low = min(low, __shfl_xor_sync(everyLane, low, distance));
            high = max(high, __shfl_xor_sync(everyLane, high, distance));
        }
        int atLow = m_size; // entries from `low` on: at least k; above `high` there are fewer
        while (low < high && atLow != m_k) {
            // Three bounds, low < first <= second <= third <= high.
            const std::uint32_t quarter = (high - low) / 4;
            const std::uint32_t third = high - quarter, second = third - quarter,
                                first = quarter ? second - quarter : low + 1;
            int n1 = 0, n2 = 0, n3 = 0;
#pragma unroll 4
            for (int i = static_cast<int>(threadIdx.x % 32); i < m_size; i += 32) {
                const std::uint32_t order = orderOf(m_entries[i]);
                n1 += order >= first ? 1 : 0;
                n2 += order >= second ? 1 : 0;
                n3 += order >= third ? 1 : 0;
            }
            n1 = warpSumOf(n1);
            n2 = warpSumOf(n2);
            n3 = warpSumOf(n3);
            if (n3 >= m_k) {
                low = third;
                atLow = n3;
            } else if (n2 >= m_k) {
                low = second;
                atLow = n2;
                high = third - 1;
            } else if (n1 >= m_k) {
                low = first;
                atLow = n1;
                high = second - 1;
            } else {
                high = first - 1;
            }
        }
        const Candidate last = std::uint64_t{low} << 32;
        if (atLow == m_k) return lowestFrom(last);
        // Of the entries with exactly this order the lowest indices, that is the largest codes.
        const int need = m_k - count([low](Candidate c) { return orderOf(c) > low; });
        std::uint32_t from = 0, to = 0xffffffffu;
        while (from < to) {
            const std::uint32_t middle = to - (to - from) / 2;
            const Candidate bound = last | middle;
            const int n = count([bound, low](Candidate c) { return orderOf(c) == low && c >= bound; });
            if (n >= need)
                from = middle;
            else
                to = middle - 1;
            if (n == need) break;
        }
        return lowestFrom(last | from);
    }

    // The smallest entry that is not below `bound`.
    __device__ Candidate lowestFrom(Candidate bound) const {
        Candidate lowest = ~std::uint64_t{0};
        for (int i = static_cast<int>(threadIdx.x % 32); i < m_size; i += 32)
            if (m_entries[i] >= bound && m_entries[i] < lowest) lowest = m_entries[i];
        for (int distance = 16; distance > 0; distance /= 2) {
            const Candidate other = __shfl_xor_sync(everyLane, lowest, distance);
            lowest = other < lowest ? other : lowest;
        }
        return lowest;
    }

    Candidate* m_entries;
    int m_room, m_k, m_size = 0;
    Candidate m_last = 0; // the k-th best, once there were k
    std::uint32_t m_least = 0;
};

} // namespace kernels::cuda
