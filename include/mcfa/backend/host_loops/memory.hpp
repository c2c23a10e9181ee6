// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/scratch_key.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mcfa::backend {

/// Scratch memory and transfers, common to the executions of all host backends.
class host_memory {
public:
    /// `count` values for the duration of one operation, aligned to a cache line, undefined at first. `Name` is a type that names their
    /// use. Memory of a name never shrinks, so a step allocates on its first run only; another call with the same name invalidates the
    /// earlier span.
    template <class T, class Name>
    std::span<T> scratch(Name, std::size_t count) {
        return {reinterpret_cast<T*>(scratch_bytes(&scratch_key<Name>, count * sizeof(T))), count};
    }

    /// Copies from host memory to the backend's. On a host backend both are the same memory.
    template <class T>
    void copy_in(T* to, T const* from_host, std::size_t count) {
        std::copy_n(from_host, count, to);
    }
    /// Copies from the backend's memory to the host's.
    template <class T>
    void copy_out(T* to_host, T const* from, std::size_t count) {
        std::copy_n(from, count, to_host);
    }
    template <class T>
    void fill_zero(T* values, std::size_t count) {
        std::fill_n(values, count, T(0));
    }
    /// Returns when all submitted work is done and visible to other executions. Host operations complete at once.
    void finish() {}

private:
    struct named_memory {
        void const* key;
        aligned_buffer<std::byte> bytes;
    };

    std::byte* scratch_bytes(void const* key, std::size_t bytes) {
        auto found = std::find_if(scratch_.begin(), scratch_.end(), [&](named_memory const& m) { return m.key == key; });
        if (found == scratch_.end()) found = scratch_.insert(found, named_memory{key, {}});
        if (found->bytes.size() < bytes) found->bytes = aligned_buffer<std::byte>(bytes);
        return found->bytes.data();
    }

    std::vector<named_memory> scratch_;
};

} // namespace mcfa::backend
