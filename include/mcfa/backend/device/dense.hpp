// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/stored.hpp>
#include <mcfa/op/dense.hpp>

namespace mcfa {

namespace backend::device {
inline constexpr int dense_weights_slot = 15;
}

template <backend::device_backend B>
struct kernel<dense_product, B> {
    template <class T>
    static void forward(typename B::execution& run, dense_product const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
        run.now({"dense forward", batch, {op.in}, {op.out}});
        run.multiply({batch, op.out, op.in, false, true, false}, x, weights, bias, y);
    }

    /// From stored weights.
    template <class T, class S>
    static void forward(typename B::execution& run, dense_product const& op, int batch, T const* x, S const* weights, T const* bias, T* y) {
        run.now({"dense forward", batch, {op.in}, {op.out}});
        forward(run, op, batch, x, backend::device::as_scalars<T>(run, backend::device::dense_weights_slot, op.weights(), weights), bias,
                y);
    }
    template <class T, class S>
    static void prepare(typename B::execution& run, dense_product const& op, T const* weights, S* prepared) {
        run.now({"weights prepared", 1, {op.in}, {op.out}});
        backend::device::launch_each(run, op.weights(), backend::device::store_value<T, S>{weights, prepared});
    }

    template <class T>
    static void backward_input(typename B::execution& run, dense_product const& op, int batch, T const* dy, T const* weights, T* dx) {
        run.now({"dense backward, input", batch, {op.in}, {op.out}});
        run.multiply({batch, op.in, op.out, false, false, false}, dy, weights, static_cast<T const*>(nullptr), dx);
    }

    template <class T>
    static void backward_weights(typename B::execution& run, dense_product const& op, int batch, T const* x, T const* dy, T* dweights,
                                 T* dbias) {
        using namespace backend::device;
        run.now({"dense backward, weights", batch, {op.in}, {op.out}});
        run.multiply({op.out, op.in, batch, true, false, false}, dy, x, static_cast<T const*>(nullptr), dweights);
        if (dbias) sum_columns<1>(run, batch, op.out, value_term<T>{op.out, dy, nullptr}, store_sum<T>{dbias});
    }
};

} // namespace mcfa
