// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/training/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/training/correlation.hpp>
#include <mcfa/backend/eigen/bfloat16/training/dense.hpp>
#include <mcfa/backend/eigen/bfloat16/training/weight_gradient.hpp>
#include <mcfa/backend/eigen/convolution/as_product.hpp>
#include <mcfa/backend/eigen/convolution/unit.hpp>
#include <mcfa/backend/eigen/depthwise.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/conversion.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

using bf16_execution = eigen_in<bf16>::execution;

/// Whether a sample has one window, so that the convolution is a dense product of samples.
inline bool has_one_window(convolution const& op) { return op.pad == 0 && op.kernel == op.in.height && op.kernel == op.in.width; }

/// Weights of a correlation in scratch memory, rounded and packed.
inline bfloat16 const* rounded_window(bf16_execution& run, correlation const& c, bool flipped, float const* weights) {
    std::size_t const height = static_cast<std::size_t>(c.kernel) * c.kernel * paired(c.in.channels);
    auto const packed = run.scratch<bfloat16>(packed_weights{}, pair_panel_size(height, c.out.channels));
    pack_window_in_pairs(run, c, flipped, weights, packed.data());
    return packed.data();
}

inline void forward_in_bf16(bf16_execution& run, convolution_unit const& op, planes<float const> const& x, float const* weights,
                            float const* bias, planes<float> const& y, std::uint8_t* argmax) {
    std::size_t const batch = x.extent(0);
    eigen::execution::serial_guard const guard(run, multiply_adds(op.product, batch));
    if (has_one_window(op.product)) {
        auto const ordered = run.scratch<float>(packed_weights{}, op.product.weights());
        prepare_product(run, op.product, weights, ordered.data());
        return forward_by_product(run, op, x, static_cast<float const*>(ordered.data()), bias, y, argmax);
    }
    auto const c = forward_correlation(op.product);
    bfloat16 const* const packed = rounded_window(run, c, false, weights);
    epilogue<float> const end{pack_bias(run, op.product.out_channels, bias), op.rectified, op.pooled, argmax};
    with_tiles([&]<class Tiles>(std::type_identity<Tiles>) {
        correlate_rounded<Tiles>(run, c, batch, plain_source(op.product.in, x.data()), packed, end, y.data());
    });
}

inline void input_gradient_in_bf16(bf16_execution& run, convolution const& op, std::size_t batch, pixel_source<float> const& dy,
                                   float const* weights, float* dx) {
    eigen::execution::serial_guard const guard(run, multiply_adds(op, batch));
    if (has_one_window(op)) return input_gradient_by_product(run, op, batch, dy, weights, dx);
    auto const c = input_gradient_correlation(op);
    bfloat16 const* const packed = rounded_window(run, c, true, weights);
    with_tiles([&]<class Tiles>(std::type_identity<Tiles>) { correlate_rounded<Tiles>(run, c, batch, dy, packed, {}, dx); });
}

inline void weight_gradient_in_bf16(bf16_execution& run, convolution const& op, std::size_t batch, float const* x,
                                    pixel_source<float> const& dy, float* dweights, row<float> const& dbias) {
    eigen::execution::serial_guard const guard(run, multiply_adds(op, batch));
    if (has_one_window(op)) return weight_gradient_by_product(run, op, batch, x, dy, dweights, dbias);
    weight_gradient_in_pairs(run, forward_correlation(op), batch, x, dy, dweights, dbias.data());
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

template <>
struct kernel<unit_forward<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, unit_forward<float> const& p) {
        backend::eigen_engine::forward_in_bf16(run, p.geometry(), p.x, p.weights.data(), p.bias.data(), p.y, p.argmax.data());
    }
};

template <>
struct kernel<unit_input_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, unit_input_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        input_gradient_in_bf16(run, p.geometry().product, p.dy.extent(0), gradient_source<float>(p), p.weights.data(), p.dx.data());
    }
};

template <>
struct kernel<unit_weight_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, unit_weight_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        weight_gradient_in_bf16(run, p.geometry().product, p.dy.extent(0), p.x.data(), gradient_source<float>(p), p.dweights.data(),
                                p.dbias);
    }
};

template <>
struct kernel<convolution_forward<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, convolution_forward<float> const& p) {
        backend::eigen_engine::forward_in_bf16(run, {p.geometry()}, p.x, p.weights.data(), p.bias.data(), p.y, nullptr);
    }
};

template <>
struct kernel<convolution_input_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, convolution_input_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        input_gradient_in_bf16(run, p.geometry(), p.dy.extent(0), plain_source(sample_shape(p.dy), p.dy.data()), p.weights.data(),
                               p.dx.data());
    }
};

template <>
struct kernel<convolution_weight_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen_in<bf16>::execution& run, convolution_weight_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        weight_gradient_in_bf16(run, p.geometry(), p.dy.extent(0), p.x.data(), plain_source(sample_shape(p.dy), p.dy.data()),
                                p.dweights.data(), p.dbias);
    }
};

// A depthwise convolution is bound by memory, and stays in float.
template <class T>
struct kernel<depthwise_forward<T>, backend::eigen_in<bf16>> : kernel<depthwise_forward<T>, backend::eigen> {};
template <class T>
struct kernel<depthwise_input_gradient<T>, backend::eigen_in<bf16>> : kernel<depthwise_input_gradient<T>, backend::eigen> {};
template <class T>
struct kernel<depthwise_weight_gradient<T>, backend::eigen_in<bf16>> : kernel<depthwise_weight_gradient<T>, backend::eigen> {};

} // namespace mcfa
