// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/stored.hpp>
#include <mcfa/op/dense.hpp>

#include <type_traits>

namespace mcfa {

namespace backend::device {

struct dense_weights {}; // scratch: weights widened to the scalar

} // namespace backend::device

template <class T, class Stored, backend::device_backend B>
struct kernel<dense_forward<T, Stored>, B> {
    static void run(typename B::execution& run, dense_forward<T, Stored> const& p) {
        using namespace backend::device;
        if constexpr (std::is_same_v<T, Stored>) {
            run.multiply({.rows = int(p.y.extent(0)), .columns = int(p.y.extent(1)), .depth = int(p.x.extent(1)), .b_transposed = true},
                         p.x.data(), p.weights.data(), p.bias.data(), p.y.data());
        } else {
            T const* const widened = as_scalars<T>(run, dense_weights{}, p.weights.size(), p.weights.data());
            kernel<dense_forward<T>, B>::run(run, {p.x, {widened, p.weights.extents()}, p.bias, p.y});
        }
    }
};

template <class T, backend::device_backend B>
struct kernel<dense_input_gradient<T>, B> {
    static void run(typename B::execution& run, dense_input_gradient<T> const& p) {
        run.multiply({.rows = int(p.dx.extent(0)), .columns = int(p.dx.extent(1)), .depth = int(p.dy.extent(1))}, p.dy.data(),
                     p.weights.data(), static_cast<T const*>(nullptr), p.dx.data());
    }
};

template <class T, backend::device_backend B>
struct kernel<dense_weight_gradient<T>, B> {
    static void run(typename B::execution& run, dense_weight_gradient<T> const& p) {
        using namespace backend::device;
        int const batch = int(p.dy.extent(0)), out = int(p.dy.extent(1));
        run.multiply({.rows = out, .columns = int(p.x.extent(1)), .depth = batch, .a_transposed = true}, p.dy.data(), p.x.data(),
                     static_cast<T const*>(nullptr), p.dweights.data());
        if (!p.dbias.empty()) sum_columns<1>(run, batch, out, value_term<T>{out, p.dy.data(), nullptr}, store_sum<T>{p.dbias.data()});
    }
};

template <class T, class Stored, backend::device_backend B>
struct kernel<conversion<T, Stored>, B> {
    static void run(typename B::execution& run, conversion<T, Stored> const& p) {
        backend::device::launch_each(run, p.x.size(), backend::device::store_value<T, Stored>{p.x.data(), p.y.data()});
    }
};

} // namespace mcfa
