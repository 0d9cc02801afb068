// Scratch memory of one operation on the device. Taking is a bump of a pointer; memory is asked of the driver
// only when an operation needs more than any before it, so a warm device allocates nothing. All work runs on
// one stream: what the next operation takes may be what this one's kernels still use, in order.
#pragma once

#include "kernels/cuda/runtime.h"

#include <vector>

namespace kernels::cuda {

// Thrown out of an operation that is being recorded and would have to wait, allocate or fill a table: the step
// is run directly instead.
struct NotRecordable {};

class Arena {
public:
    explicit Arena(cudaStream_t stream) : m_stream(stream) {}
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    std::byte* take(std::size_t bytes); // 256-byte aligned; throws a sentence when the device is full
    std::size_t mark() const { return m_used; }
    void release(std::size_t mark);
    std::size_t reserved() const; // bytes held
    std::uint64_t changes() const { return m_changes; } // times that memory was asked for or given back
    // While a step is recorded, memory must stay where it is: taking more than there is throws NotRecordable.
    void freeze(bool frozen) { m_frozen = frozen; }

private:
    struct Block {
        std::byte* data;
        std::size_t begin, size; // begin: offset of the first byte, counting all blocks
    };
    cudaStream_t m_stream;
    std::vector<Block> m_blocks;
    std::size_t m_used = 0;
    std::uint64_t m_changes = 0;
    bool m_frozen = false;
};

// Everything taken through it is given back at the end of the scope.
class Scratch {
public:
    explicit Scratch(Arena& arena) : m_arena(arena), m_mark(arena.mark()) {}
    ~Scratch() { m_arena.release(m_mark); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    template<class T>
    T* take(std::int64_t count) {
        return reinterpret_cast<T*>(m_arena.take(static_cast<std::size_t>(count) * sizeof(T)));
    }

private:
    Arena& m_arena;
    std::size_t m_mark;
};

} // namespace kernels::cuda
