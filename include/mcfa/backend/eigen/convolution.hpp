#pragma once

#include <cstddef>

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution_direct.hpp>
#include <mcfa/backend/eigen/convolution_whole.hpp>
#include <mcfa/backend/eigen/weight_gradient_direct.hpp>
#include <mcfa/op/convolution.hpp>

namespace mcfa {

/// The door to the convolution algorithms.
template <>
struct kernel<convolution, backend::eigen> {
    using execution = backend::eigen::execution;

    template <class T>
    static void forward(execution& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
        using namespace backend::cpu;
        if (covers_input(op)) return forward_whole(run, op, batch, x, weights, bias, y);
        correlate_directly(run, forward_correlation(op), false, batch, x, weights, bias, y);
    }

    template <class T>
    static void backward_input(execution& run, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
        using namespace backend::cpu;
        if (covers_input(op)) return backward_input_whole(run, op, batch, dy, weights, dx);
        correlate_directly(run, input_gradient_correlation(op), true, batch, dy, weights, static_cast<T const*>(nullptr), dx);
    }

    template <class T>
    static void backward_weights(execution& run, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        using namespace backend::cpu;
        if (covers_input(op)) return backward_weights_whole(run, op, batch, x, dy, dweights, dbias);
        bias_gradient(run, static_cast<std::size_t>(batch) * static_cast<std::size_t>(op.out().pixels()), op.out_channels, dy, dbias);
        weight_gradient_directly(run, forward_correlation(op), batch, x, dy, dweights);
    }
};

} // namespace mcfa
