// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/addition.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

template <class T>
struct add_values {
    T const* x;
    T const* other;
    T* y;
    constexpr void operator()(std::size_t i) const { y[i] = x[i] + other[i]; }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<addition<T>, B> {
    static void run(typename B::execution& run, addition<T> const& p) {
        backend::device::launch_each(run, p.y.size(), backend::device::add_values<T>{p.x.data(), p.other.data(), p.y.data()});
    }
};

} // namespace mcfa
