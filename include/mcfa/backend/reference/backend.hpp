// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/memory.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <cstdint>

namespace mcfa::backend {

/// Plain loops on one thread, with long sums in double: slow, and the definition that other backends are tested against.
struct reference {
    static constexpr bool is_host = true;

    template <class T>
    using buffer = aligned_buffer<T>;

    class execution : public host_memory {
    public:
        using backend_type = reference;

        explicit execution(reference const&) {}
        int threads() const { return 1; }

        template <class F>
        void launch(std::int64_t count, F&& body) {
            for (std::int64_t i = 0; i < count; ++i) body(i);
        }
    };
};

} // namespace mcfa::backend
