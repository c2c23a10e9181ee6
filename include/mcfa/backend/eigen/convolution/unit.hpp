// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/as_product.hpp>
#include <mcfa/backend/eigen/convolution/choice.hpp>
#include <mcfa/backend/eigen/convolution/direct/forward.hpp>
#include <mcfa/backend/eigen/convolution/direct/weight_gradient.hpp>
#include <mcfa/backend/eigen/convolution/winograd/forward.hpp>
#include <mcfa/backend/eigen/convolution/winograd/weight_gradient.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// Entry point of the convolution algorithms.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

using algorithm = convolution_algorithm;

inline double multiply_adds(convolution const& op, std::size_t batch) {
    return static_cast<double>(op.weights()) * op.out().pixels() * static_cast<double>(batch);
}

template <class T, class S>
prepared_layout layout_of(convolution const& op, weights_form form, std::size_t batch) {
    auto const c = forward_correlation(op);
    algorithm const chosen = choose(op, c, form, static_cast<double>(batch), sizeof(S));
    auto const size = [&]() -> std::size_t {
        switch (chosen) {
        case algorithm::product:
            return op.weights();
        case algorithm::direct:
            return packed_size<T, S>(c.depth(), c.out.channels);
        case algorithm::winograd_2x2:
            return winograd_weights_size<2, T, S>(c);
        case algorithm::winograd_4x4:
            return winograd_weights_size<4, T, S>(c);
        }
        return 0;
    };
    return {static_cast<int>(chosen), size()};
}

template <class T, class S>
void prepare(eigen::execution& run, convolution const& op, prepared_layout const& layout, T const* weights, S* prepared) {
    auto const c = forward_correlation(op);
    switch (static_cast<algorithm>(layout.algorithm)) {
    case algorithm::product:
        return prepare_product(run, op, weights, prepared);
    case algorithm::direct:
        return pack_window(run, c, false, weights, prepared);
    case algorithm::winograd_2x2:
        return transform_weights<2>(run, c, false, weights, prepared);
    case algorithm::winograd_4x4:
        return transform_weights<4>(run, c, false, weights, prepared);
    }
}

template <class T, class S>
void forward_by(eigen::execution& run, convolution_unit const& op, prepared_layout const& layout, planes<T const> const& x,
                S const* prepared, T const* bias, planes<T> const& y, std::uint8_t* argmax) {
    std::size_t const batch = x.extent(0);
    eigen::execution::serial_guard const guard(run, multiply_adds(op.product, batch));
    auto const c = forward_correlation(op.product);
    auto const chosen = static_cast<algorithm>(layout.algorithm);
    if (chosen == algorithm::product) {
        if (!is_pixelwise(op.product) && !has_full_window(op.product))
            raise(shape_error({"convolution: weights prepared for one window of ", op.product.kernel, "x", op.product.kernel,
                               " are run on a plane of ", to_string(op.product.in)}));
        return forward_by_product(run, op, x, prepared, bias, y, argmax);
    }
    epilogue<T> const end{pack_bias(run, op.product.out_channels, bias), op.rectified, op.pooled, argmax};
    auto const source = plain_source(op.product.in, x.data());
    if (chosen == algorithm::direct) forward_directly(run, c, batch, source, prepared, end, y.data());
    else if (chosen == algorithm::winograd_2x2) correlate_by_winograd<2>(run, c, batch, source, prepared, end, y.data());
    else correlate_by_winograd<4>(run, c, batch, source, prepared, end, y.data());
}

/// Works on weights in their stored layout.
template <class T>
void forward_of(eigen::execution& run, convolution_unit const& op, planes<T const> const& x, T const* weights, T const* bias,
                planes<T> const& y, std::uint8_t* argmax) {
    std::size_t const batch = x.extent(0);
    eigen::execution::serial_guard const guard(run, multiply_adds(op.product, batch));
    auto const layout = layout_of<T, T>(op.product, weights_form::fast, batch);
    if (is_pixelwise(op.product)) return forward_by(run, op, layout, x, weights, bias, y, argmax);
    auto const prepared = run.template scratch<T>(packed_weights{}, layout.size);
    prepare(run, op.product, layout, weights, prepared.data());
    forward_by(run, op, layout, x, static_cast<T const*>(prepared.data()), bias, y, argmax);
}

template <class T>
void input_gradient_of(eigen::execution& run, convolution const& op, std::size_t batch, pixel_source<T> const& dy, T const* weights,
                       T* dx) {
    eigen::execution::serial_guard const guard(run, multiply_adds(op, batch));
    auto const c = input_gradient_correlation(op);
    switch (choose(op, c, weights_form::fast, static_cast<double>(batch), sizeof(T))) {
    case algorithm::product:
        return input_gradient_by_product(run, op, batch, dy, weights, dx);
    case algorithm::direct: {
        auto const packed = run.template scratch<T>(packed_weights{}, packed_size<T>(c.depth(), c.out.channels));
        pack_window(run, c, true, weights, packed.data());
        return correlate_directly(run, c, batch, dy, static_cast<T const*>(packed.data()), static_cast<T const*>(nullptr), no_floor<T>, dx);
    }
    case algorithm::winograd_2x2:
        return input_gradient_by_winograd<2>(run, c, batch, dy, weights, dx);
    case algorithm::winograd_4x4:
        return input_gradient_by_winograd<4>(run, c, batch, dy, weights, dx);
    }
}

template <class T>
void weight_gradient_of(eigen::execution& run, convolution const& op, std::size_t batch, T const* x, pixel_source<T> const& dy, T* dweights,
                        row<T> const& dbias) {
    eigen::execution::serial_guard const guard(run, multiply_adds(op, batch));
    auto const c = forward_correlation(op);
    switch (choose(op, c, weights_form::fast, static_cast<double>(batch), sizeof(T))) {
    case algorithm::product:
        return weight_gradient_by_product(run, op, batch, x, dy, dweights, dbias);
    case algorithm::direct:
        return weight_gradient_directly(run, c, batch, x, dy, dweights, dbias.data());
    case algorithm::winograd_2x2:
    case algorithm::winograd_4x4:
        return weight_gradient_by_winograd(run, c, batch, x, dy, dweights, dbias.data());
    }
}

/// The gradient of a unit's sums: dy, through the maximum and the rectifier.
template <class T, class Pass>
pixel_source<T> gradient_source(Pass const& p) {
    return {p.geometry().product.out(), p.dy.data(), p.rectified && !p.pooled ? p.y.data() : nullptr, p.pooled ? p.argmax.data() : nullptr};
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS

namespace mcfa {

template <class T>
struct kernel<unit_forward<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, unit_forward<T> const& p) {
        backend::eigen_engine::forward_of(run, p.geometry(), p.x, p.weights.data(), p.bias.data(), p.y, p.argmax.data());
    }
};

template <class T>
struct kernel<unit_input_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, unit_input_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        input_gradient_of(run, p.geometry().product, p.dy.extent(0), gradient_source<T>(p), p.weights.data(), p.dx.data());
    }
};

template <class T>
struct kernel<unit_weight_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, unit_weight_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        weight_gradient_of(run, p.geometry().product, p.dy.extent(0), p.x.data(), gradient_source<T>(p), p.dweights.data(), p.dbias);
    }
};

template <class T, class Stored>
    requires backend::eigen_engine::storable<T, Stored>
struct kernel<unit_preparation<T, Stored>, backend::eigen> {
    static prepared_layout layout(convolution_unit const& op, weights_form form, int batch) {
        return backend::eigen_engine::layout_of<T, Stored>(op.product, form, batch);
    }
    /// What computes a unit with this layout, in words.
    static std::string_view name(prepared_layout const& layout) {
        constexpr std::string_view names[] = {"product", "direct", "Winograd F(2x2, 3x3)", "Winograd F(4x4, 3x3)"};
        return names[static_cast<std::size_t>(layout.algorithm)];
    }
    static void run(backend::eigen::execution& run, unit_preparation<T, Stored> const& p) {
        auto const& w = p.weights;
        auto const plane = view<T const, 4>{nullptr, 1, w.extent(2), w.extent(3), w.extent(1)}; // the smallest; the layout ignores it
        backend::eigen_engine::prepare(run, convolution_of(plane, w, 1, 0), p.layout, w.data(), p.prepared.data());
    }
};

template <class T, class Stored>
    requires backend::eigen_engine::storable<T, Stored>
struct kernel<unit_forward_prepared<T, Stored>, backend::eigen> {
    static void run(backend::eigen::execution& run, unit_forward_prepared<T, Stored> const& p) {
        backend::eigen_engine::forward_by(run, p.geometry(), p.layout, p.x, p.prepared.data(), p.bias.data(), p.y, nullptr);
    }
};

} // namespace mcfa
