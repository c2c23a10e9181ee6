// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/depthwise.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>
#include <mcfa/op/depthwise.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

namespace backend {

/// The weights with the channels last, (taps, channels): then a tap's products are one loop over the channels, which compilers vectorise.
/// `turned` has the last tap first.
template <class T, class Execution>
T const* tap_by_tap(Execution& run, matrix<T const> const& weights, bool turned = false) {
    struct taps {}; // scratch memory
    std::size_t const channels = weights.extent(0), count = weights.extent(1);
    T* const laid = run.template scratch<T>(taps{}, weights.size()).data();
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t k = 0; k < count; ++k) laid[k * channels + c] = weights(c, turned ? count - 1 - k : k);
    return laid;
}

// Functions of their own, because `__restrict` holds for parameters.

template <class T>
void add_products(std::size_t count, T const* __restrict a, T const* __restrict b, T* __restrict sum) {
    for (std::size_t c = 0; c < count; ++c) sum[c] += a[c] * b[c];
}
template <class T>
void add_products(std::size_t count, T const* __restrict a, T const* __restrict b, double* __restrict sum)
    requires(!std::is_same_v<T, double>)
{
    for (std::size_t c = 0; c < count; ++c) sum[c] += static_cast<double>(a[c] * b[c]);
}

/// One work item per row of output pixels.
template <class T, class Execution>
void depthwise_forward_by_pixels(Execution& run, depthwise_forward<T> const& p) {
    depthwise const op = p.op;
    shape const out = op.out();
    std::size_t const channels = op.in.channels;
    T const *const taps = tap_by_tap<T>(run, p.weights), *const bias = p.bias.data();
    run.launch(static_cast<std::int64_t>(p.y.extent(0)) * out.height, [=](std::int64_t item) {
        std::int64_t const n = item / out.height;
        int const oy = static_cast<int>(item % out.height);
        for (int ox = 0; ox < out.width; ++ox) {
            T* const y = &p.y(n, oy, ox, 0);
            if (bias) std::copy_n(bias, channels, y);
            else std::fill_n(y, channels, T(0));
            for (int ky = 0; ky < op.kernel; ++ky) {
                int const iy = arithmetic::tap_input(op, oy, ky, op.in.height);
                for (int kx = 0; kx < op.kernel && iy >= 0; ++kx)
                    if (int const ix = arithmetic::tap_input(op, ox, kx, op.in.width); ix >= 0)
                        add_products(channels, &p.x(n, iy, ix, 0), taps + (ky * op.kernel + kx) * channels, y);
            }
        }
    });
}

/// One work item per row of input pixels, each of which gathers from the outputs that read it.
template <class T, class Execution>
void depthwise_input_gradient_by_pixels(Execution& run, depthwise_input_gradient<T> const& p) {
    depthwise const op = p.op;
    shape const out = op.out();
    std::size_t const channels = op.in.channels;
    T const* const taps = tap_by_tap<T>(run, p.weights);
    run.launch(static_cast<std::int64_t>(p.dx.extent(0)) * op.in.height, [=](std::int64_t item) {
        std::int64_t const n = item / op.in.height;
        int const iy = static_cast<int>(item % op.in.height);
        for (int ix = 0; ix < op.in.width; ++ix) {
            T* const dx = &p.dx(n, iy, ix, 0);
            std::fill_n(dx, channels, T(0));
            for (int ky = 0; ky < op.kernel; ++ky) {
                int const oy = arithmetic::tap_output(op, iy, ky, out.height);
                for (int kx = 0; kx < op.kernel && oy >= 0; ++kx)
                    if (int const ox = arithmetic::tap_output(op, ix, kx, out.width); ox >= 0)
                        add_products(channels, &p.dy(n, oy, ox, 0), taps + (ky * op.kernel + kx) * channels, dx);
            }
        }
    });
}

/// Sums over rows of output pixels: `add(sample, row, sums)` adds one row's to (taps, channels) of them, then (channels) of the bias.
template <class T, class Execution, class Add>
void depthwise_weight_gradient_by_rows(Execution& run, depthwise_weight_gradient<T> const& p, Add const& add) {
    struct gradient_sums {}; // scratch memory
    std::size_t const channels = p.op.in.channels, taps = p.op.taps(), height = p.op.out().height;
    auto const sums = column_sums<1>(run, gradient_sums{}, p.dy.extent(0) * height, (taps + 1) * channels,
                                     [&](std::size_t first, std::size_t last, double* sum) {
                                         for (std::size_t item = first; item < last; ++item)
                                             add(item / height, static_cast<int>(item % height), sum);
                                     });
    for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t k = 0; k < taps; ++k) p.dweights(c, k) = static_cast<T>(sums[k * channels + c]);
        if (!p.dbias.empty()) p.dbias[c] = static_cast<T>(sums[taps * channels + c]);
    }
}

template <class T, class Execution>
void depthwise_weight_gradient_by_pixels(Execution& run, depthwise_weight_gradient<T> const& p) {
    depthwise const op = p.op;
    std::size_t const channels = op.in.channels, taps = op.taps();
    depthwise_weight_gradient_by_rows(run, p, [&](std::size_t n, int oy, double* sum) {
        for (int ox = 0, width = op.out().width; ox < width; ++ox) {
            T const* const dy = &p.dy(n, oy, ox, 0);
            for (int ky = 0; ky < op.kernel; ++ky) {
                int const iy = arithmetic::tap_input(op, oy, ky, op.in.height);
                for (int kx = 0; kx < op.kernel && iy >= 0; ++kx)
                    if (int const ix = arithmetic::tap_input(op, ox, kx, op.in.width); ix >= 0)
                        add_products(channels, &p.x(n, iy, ix, 0), dy, sum + (ky * op.kernel + kx) * channels);
            }
            for (std::size_t c = 0; c < channels; ++c) sum[taps * channels + c] += static_cast<double>(dy[c]);
        }
    });
}

} // namespace backend

template <class T, backend::host_backend B>
struct kernel<depthwise_forward<T>, B> {
    static void run(typename B::execution& run, depthwise_forward<T> const& p) { backend::depthwise_forward_by_pixels(run, p); }
};

template <class T, backend::host_backend B>
struct kernel<depthwise_input_gradient<T>, B> {
    static void run(typename B::execution& run, depthwise_input_gradient<T> const& p) {
        backend::depthwise_input_gradient_by_pixels(run, p);
    }
};

template <class T, backend::host_backend B>
struct kernel<depthwise_weight_gradient<T>, B> {
    static void run(typename B::execution& run, depthwise_weight_gradient<T> const& p) {
        backend::depthwise_weight_gradient_by_pixels(run, p);
    }
};

} // namespace mcfa
