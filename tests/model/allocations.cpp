// SPDX-License-Identifier: MIT
// Operators new and delete in a source of their own, so that no compiler inlines one half of a pair.
#include "allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

std::atomic<long> mcfa::test::allocations{0};

void* operator new(std::size_t size) {
    ++mcfa::test::allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++mcfa::test::allocations;
    auto const step = static_cast<std::size_t>(alignment);
    if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
