// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

struct plain_backend {
    static constexpr bool is_host = true;
    template <class T>
    using buffer = mcfa::aligned_buffer<T>;
    struct execution : mcfa::backend::host_memory {
        using backend_type = plain_backend;
        explicit execution(plain_backend const&) {}
        int threads() const { return 1; }
        template <class F>
        void launch(std::int64_t count, F&& body) {
            for (std::int64_t i = 0; i < count; ++i) body(i);
        }
    };
};
static_assert(mcfa::backend::host_backend<plain_backend>);

struct flat : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
struct flat_net : mcfa::cascade<mcfa::heads<look>, flat> {};
mcfa::model<flat_net, float, plain_backend> const m{mcfa::seed{1}};
