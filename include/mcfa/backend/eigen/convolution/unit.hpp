// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/choice.hpp>
#include <mcfa/backend/eigen/convolution/direct/forward.hpp>
#include <mcfa/backend/eigen/convolution/direct/weight_gradient.hpp>
#include <mcfa/backend/eigen/convolution/whole.hpp>
#include <mcfa/backend/eigen/convolution/winograd/forward.hpp>
#include <mcfa/backend/eigen/convolution/winograd/weight_gradient.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

/// The door to the convolution algorithms.
template <>
struct kernel<convolution_unit, backend::eigen> {
    using execution = backend::eigen::execution;
    using algorithm = backend::eigen_engine::convolution_algorithm;

    template <class T, class S>
    static prepared_layout layout(convolution_unit const& op, weights_form form, int batch) {
        using namespace backend::eigen_engine;
        auto const c = forward_correlation(op.product);
        algorithm const chosen = choose(op.product, c, form, batch, sizeof(S));
        switch (chosen) {
        case algorithm::whole:
            return {static_cast<int>(chosen), op.product.weights()};
        case algorithm::direct:
            return {static_cast<int>(chosen), packed_size<T, S>(c.depth(), c.out.channels)};
        case algorithm::winograd_2x2:
            return {static_cast<int>(chosen), winograd_weights_size<2, T, S>(c)};
        case algorithm::winograd_4x4:
            return {static_cast<int>(chosen), winograd_weights_size<4, T, S>(c)};
        }
        return {};
    }

    template <class T, class S>
    static void prepare(execution& run, convolution_unit const& op, prepared_layout const& layout, T const* weights, S* prepared) {
        using namespace backend::eigen_engine;
        auto const c = forward_correlation(op.product);
        switch (static_cast<algorithm>(layout.algorithm)) {
        case algorithm::whole:
            return prepare_whole(run, op.product, weights, prepared);
        case algorithm::direct:
            return pack_window(run, c, false, weights, prepared);
        case algorithm::winograd_2x2:
            return transform_weights<2>(run, c, false, weights, prepared);
        case algorithm::winograd_4x4:
            return transform_weights<4>(run, c, false, weights, prepared);
        }
    }

    template <class T, class S>
    static void forward_prepared(execution& run, convolution_unit const& op, prepared_layout const& layout, int batch, T const* x,
                                 S const* prepared, T const* bias, T* y) {
        forward_by(run, op, layout, batch, x, prepared, bias, y, nullptr);
    }

    template <class T>
    static void forward(execution& run, convolution_unit const& op, int batch, T const* x, T const* weights, T const* bias, T* y,
                        std::uint8_t* places) {
        execution::serial_guard const guard(run, multiply_adds(op, batch));
        auto const chosen = layout<T, T>(op, weights_form::fast, batch);
        auto const prepared = run.template scratch<T>(backend::eigen_engine::packed_weights{}, chosen.size);
        prepare(run, op, chosen, weights, prepared.data());
        forward_by(run, op, chosen, batch, x, static_cast<T const*>(prepared.data()), bias, y, places);
    }

    template <class T>
    static void backward_input(execution& run, convolution_unit const& op, int batch, T const* dy, T const* y, std::uint8_t const* places,
                               T const* weights, T* dx) {
        using namespace backend::eigen_engine;
        execution::serial_guard const guard(run, multiply_adds(op, batch));
        auto const c = input_gradient_correlation(op.product);
        auto const source = gradient_source(op, dy, y, places);
        switch (choose(op.product, c, weights_form::fast, batch, sizeof(T))) {
        case algorithm::whole:
            return backward_input_whole(run, op, batch, source, weights, dx);
        case algorithm::direct: {
            auto const packed = run.template scratch<T>(packed_weights{}, packed_size<T>(c.depth(), c.out.channels));
            pack_window(run, c, true, weights, packed.data());
            return correlate_directly(run, c, batch, source, static_cast<T const*>(packed.data()), static_cast<T const*>(nullptr),
                                      no_floor<T>, dx);
        }
        case algorithm::winograd_2x2:
            return input_gradient_by_winograd<2>(run, c, batch, source, weights, dx);
        case algorithm::winograd_4x4:
            return input_gradient_by_winograd<4>(run, c, batch, source, weights, dx);
        }
    }

    template <class T>
    static void backward_weights(execution& run, convolution_unit const& op, int batch, T const* x, T const* dy, T const* y,
                                 std::uint8_t const* places, T* dweights, T* dbias) {
        using namespace backend::eigen_engine;
        execution::serial_guard const guard(run, multiply_adds(op, batch));
        auto const c = forward_correlation(op.product);
        auto const source = gradient_source(op, dy, y, places);
        switch (choose(op.product, c, weights_form::fast, batch, sizeof(T))) {
        case algorithm::whole:
            return backward_weights_whole(run, op, batch, x, source, dweights, dbias);
        case algorithm::direct:
            return weight_gradient_directly(run, c, batch, x, source, dweights, dbias);
        case algorithm::winograd_2x2:
        case algorithm::winograd_4x4:
            return weight_gradient_by_winograd(run, c, batch, x, source, dweights, dbias);
        }
    }

private:
    template <class T, class S>
    static void forward_by(execution& run, convolution_unit const& op, prepared_layout const& layout, int batch, T const* x,
                           S const* prepared, T const* bias, T* y, std::uint8_t* places) {
        using namespace backend::eigen_engine;
        execution::serial_guard const guard(run, multiply_adds(op, batch));
        auto const c = forward_correlation(op.product);
        epilogue<T> const end{pack_bias(run, op.product.out_channels, bias), op.rectified, op.pooled, places};
        auto const source = plain_source(op.product.in, x);
        switch (static_cast<algorithm>(layout.algorithm)) {
        case algorithm::whole:
            if (!covers_input(op.product))
                throw shape_error({"convolution: weights prepared for one window of ", op.product.kernel, "x", op.product.kernel,
                                   " are run on a plane of ", to_string(op.product.in)});
            return forward_whole(run, op, batch, x, prepared, bias, y);
        case algorithm::direct:
            return forward_directly(run, c, batch, source, prepared, end, y);
        case algorithm::winograd_2x2:
            return correlate_by_winograd<2>(run, c, batch, source, prepared, end, y);
        case algorithm::winograd_4x4:
            return correlate_by_winograd<4>(run, c, batch, source, prepared, end, y);
        }
    }

    static double multiply_adds(convolution_unit const& op, int batch) {
        return static_cast<double>(op.product.weights()) * op.product.out().pixels() * batch;
    }

    /// The gradient of the unit's sums: dy, through the maximum and the rectifier.
    template <class T>
    static backend::eigen_engine::pixel_source<T> gradient_source(convolution_unit const& op, T const* dy, T const* y,
                                                                  std::uint8_t const* places) {
        return {op.product.out(), dy, op.rectified && !op.pooled ? y : nullptr, op.pooled ? places : nullptr};
    }
};

} // namespace mcfa
