#pragma once

#include <cstddef>

#include <mcfa/backend/host/backend.hpp>
#include <mcfa/backend/host/chunks.hpp>
#include <mcfa/kernel/update.hpp>

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
