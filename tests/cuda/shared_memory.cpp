// SPDX-License-Identifier: MIT
#include "shared_memory.hpp"

#include <cuda_runtime_api.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

// One block from cudaMallocManaged. Pieces are powers of two; one that is freed waits in the list of its size.
namespace {

constexpr std::size_t block_bytes = std::size_t{2} << 30;
constexpr std::size_t header = 64; // in front of a piece: its size class; keeps alignment

struct piece {
    piece* next;
};

std::byte* block = nullptr;
std::size_t used = 0;
std::array<piece*, 48> waiting{};
std::atomic_flag busy = ATOMIC_FLAG_INIT;

struct guard {
    guard() {
        while (busy.test_and_set()) {
        }
    }
    ~guard() { busy.clear(); }
};

void* shared(std::size_t size) {
    auto const order = static_cast<std::size_t>(std::bit_width(size < 64 ? std::size_t{63} : size - 1));
    guard const alone;
    if (piece* const found = waiting[order]) {
        waiting[order] = found->next;
        return found;
    }
    std::size_t const bytes = header + (std::size_t{1} << order);
    if (used + bytes > block_bytes) return nullptr;
    std::byte* const start = block + used;
    used += bytes;
    *reinterpret_cast<std::size_t*>(start) = order;
    return start + header;
}

bool is_shared(void const* p) { return block && p >= block && p < block + block_bytes; }

} // namespace

void mcfa::test::share_new_memory() {
    void* memory = nullptr;
    if (cudaMallocManaged(&memory, block_bytes) == cudaSuccess) block = static_cast<std::byte*>(memory);
}

void* operator new(std::size_t size) {
    if (void* const memory = block ? shared(size) : std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    if (!is_shared(memory)) return std::free(memory);
    std::size_t const order = *reinterpret_cast<std::size_t const*>(static_cast<std::byte const*>(memory) - header);
    guard const alone;
    auto* const freed = static_cast<piece*>(memory);
    freed->next = waiting[order];
    waiting[order] = freed;
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
