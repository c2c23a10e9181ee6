// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/update.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

template <class T>
struct sgd_step {
    sgd_update op;
    T* p;
    T const* g;
    T* v;
    constexpr void operator()(std::size_t i) const { arithmetic::step(op, p[i], g[i], v[i]); }
};

template <class T>
struct adam_step {
    adam_update op;
    T* p;
    T const* g;
    T* m;
    T* v;
    constexpr void operator()(std::size_t i) const { arithmetic::step(op, p[i], g[i], m[i], v[i]); }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<sgd_update, B> {
    template <class T>
    static void apply(typename B::execution& run, sgd_update const& op, std::size_t count, T* p, T const* g, T* v) {
        run.now({"SGD update", 1, {static_cast<int>(count)}, {static_cast<int>(count)}});
        backend::device::launch_each(run, count, backend::device::sgd_step<T>{op, p, g, v});
    }
};

template <backend::device_backend B>
struct kernel<adam_update, B> {
    template <class T>
    static void apply(typename B::execution& run, adam_update const& op, std::size_t count, T* p, T const* g, T* m, T* v) {
        run.now({"Adam update", 1, {static_cast<int>(count)}, {static_cast<int>(count)}});
        backend::device::launch_each(run, count, backend::device::adam_step<T>{op, p, g, m, v});
    }
};

} // namespace mcfa
