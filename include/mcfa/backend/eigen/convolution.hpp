#pragma once

#include <cstddef>

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution_choice.hpp>
#include <mcfa/backend/eigen/convolution_direct.hpp>
#include <mcfa/backend/eigen/convolution_whole.hpp>
#include <mcfa/backend/eigen/convolution_winograd.hpp>
#include <mcfa/backend/eigen/weight_gradient_direct.hpp>
#include <mcfa/backend/eigen/weight_gradient_winograd.hpp>
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
        correlate(run, forward_correlation(op), false, batch, x, weights, bias, y);
    }

    template <class T>
    static void backward_input(execution& run, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
        using namespace backend::cpu;
        if (covers_input(op)) return backward_input_whole(run, op, batch, dy, weights, dx);
        correlate(run, input_gradient_correlation(op), true, batch, dy, weights, static_cast<T const*>(nullptr), dx);
    }

    template <class T>
    static void backward_weights(execution& run, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        using namespace backend::cpu;
        if (covers_input(op)) return backward_weights_whole(run, op, batch, x, dy, dweights, dbias);
        bias_gradient(run, static_cast<std::size_t>(batch) * static_cast<std::size_t>(op.out().pixels()), op.out_channels, dy, dbias);
        auto const c = forward_correlation(op);
        switch (choose(c, batch)) {
        case convolution_algorithm::direct: return weight_gradient_directly(run, c, batch, x, dy, dweights);
        case convolution_algorithm::winograd_2x2: return weight_gradient_by_winograd<2>(run, c, batch, x, dy, dweights);
        case convolution_algorithm::winograd_4x4: return weight_gradient_by_winograd<4>(run, c, batch, x, dy, dweights);
        }
    }

private:
    template <class T>
    static void correlate(execution& run, backend::cpu::correlation const& c, bool flipped, int batch, T const* x, T const* weights, T const* bias,
                          T* y) {
        using namespace backend::cpu;
        switch (choose(c, batch)) {
        case convolution_algorithm::direct: return correlate_directly(run, c, flipped, batch, x, weights, bias, y);
        case convolution_algorithm::winograd_2x2: return correlate_by_winograd<2>(run, c, flipped, batch, x, weights, bias, y);
        case convolution_algorithm::winograd_4x4: return correlate_by_winograd<4>(run, c, flipped, batch, x, weights, bias, y);
        }
    }
};

} // namespace mcfa
