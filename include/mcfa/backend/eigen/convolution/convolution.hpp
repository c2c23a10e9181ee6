// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/unit.hpp>
#include <mcfa/op/convolution.hpp>

namespace mcfa {

/// A unit that neither rectifies nor pools.
template <>
struct kernel<convolution, backend::eigen> {
    using execution = backend::eigen::execution;
    using unit = kernel<convolution_unit, backend::eigen>;

    template <class T>
    static void forward(execution& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
        unit::forward(run, {op}, batch, x, weights, bias, y, nullptr);
    }

    template <class T>
    static void backward_input(execution& run, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
        unit::backward_input(run, {op}, batch, dy, static_cast<T const*>(nullptr), nullptr, weights, dx);
    }

    template <class T>
    static void backward_weights(execution& run, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        unit::backward_weights(run, {op}, batch, x, dy, static_cast<T const*>(nullptr), nullptr, dweights, dbias);
    }
};

} // namespace mcfa
