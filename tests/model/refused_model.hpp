// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/attributes.hpp>

struct look : mcfa::attributes<"Smiling"> {};
struct small : mcfa::stage<mcfa::input<4>, mcfa::conv<2>, mcfa::flatten> {};
struct net : mcfa::cascade<mcfa::heads<look>, small> {};

/// A backend in the host's memory that computes neither dense layers nor convolutions.
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
