// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/update.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>

#include <cstddef>

namespace mcfa {

template <backend::host_backend B>
struct kernel<sgd_update, B> {
    template <class T>
    static void apply(typename B::execution& run, sgd_update const& op, std::size_t count, T* p, T const* g, T* v) {
        backend::launch_chunks(run, count, [=](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) arithmetic::step(op, p[i], g[i], v[i]);
        });
    }
};

template <backend::host_backend B>
struct kernel<adam_update, B> {
    template <class T>
    static void apply(typename B::execution& run, adam_update const& op, std::size_t count, T* p, T const* g, T* m, T* v) {
        backend::launch_chunks(run, count, [=](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) arithmetic::step(op, p[i], g[i], m[i], v[i]);
        });
    }
};

} // namespace mcfa
