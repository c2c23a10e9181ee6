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

/// The half of an execution that all host backends share: scratch memory and transfers.
class host_memory {
public:
    /// `count` values for the length of one operation, on a cache line, their contents undefined. `Name` is a type that names their use.
    /// Memory of a name only ever grows, so a step that has run once allocates nothing; another call for the name ends the earlier
    /// span's life.
    template <class T, class Name>
    std::span<T> scratch(Name, std::size_t count) {
        return {reinterpret_cast<T*>(scratch_bytes(&scratch_key<Name>, count * sizeof(T))), count};
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
