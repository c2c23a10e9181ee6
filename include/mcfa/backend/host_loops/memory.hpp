// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/aligned_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mcfa::backend {

/// The half of an execution that all host backends share: scratch memory and transfers.
class host_memory {
public:
    /// `count` values for the length of one operation, on a cache line, their contents undefined. A slot only ever grows, so a
    /// step that has run once allocates nothing; another call for the same slot ends the earlier span's life.
    template <class T>
    std::span<T> scratch(int slot, std::size_t count) {
        auto const index = static_cast<std::size_t>(slot);
        if (index >= slots_.size()) slots_.resize(index + 1);
        std::size_t const bytes = count * sizeof(T);
        if (slots_[index].size() < bytes) slots_[index] = aligned_buffer<std::byte>(bytes);
        return {reinterpret_cast<T*>(slots_[index].data()), count};
    }

    /// To the backend's memory, from the host's. On a host backend both are the same memory.
    template <class T>
    void copy_in(T* to, T const* from_host, std::size_t count) {
        std::copy_n(from_host, count, to);
    }
    /// To the host's memory, from the backend's.
    template <class T>
    void copy_out(T* to_host, T const* from, std::size_t count) {
        std::copy_n(from, count, to_host);
    }
    template <class T>
    void fill_zero(T* values, std::size_t count) {
        std::fill_n(values, count, T(0));
    }
    /// Returns once all that was asked for is done and other executions may read it. Here everything is done at once.
    void finish() {}

private:
    std::vector<aligned_buffer<std::byte>> slots_;
};

} // namespace mcfa::backend
