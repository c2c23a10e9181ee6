// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/activation.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/rearrange.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

// Scratch memory.
struct turned_weights {};
struct convolution_columns {};

/// A convolution as matrix products (im2col): one row for every output pixel, its window in the order (ky, kx, channel), times weights in
/// the same order. Scratch memory holds the rows of a few samples at a time.
struct as_product {
    convolution op;
    shape out;

    explicit constexpr as_product(convolution const& c) : op(c), out(c.out()) {}

    constexpr int taps() const { return op.kernel * op.kernel; }
    constexpr int depth() const { return taps() * op.in.channels; }
    /// Number of values in one sample's rows.
    constexpr std::size_t size() const { return shape{depth(), out.height, out.width}.size(); }
    /// True if the input already is its matrix of rows: a window of one pixel, or one that covers the full plane.
    constexpr bool is_plain() const {
        bool const pixelwise = op.kernel == 1 && op.stride == 1;
        bool const full_window = op.kernel == op.in.height && op.kernel == op.in.width;
        return op.pad == 0 && (pixelwise || full_window);
    }
};

/// One value of a row: 0 if it lies outside the plane.
template <class T>
struct lay_window {
    as_product p;
    T const* x;
    T* rows;
    constexpr void operator()(std::size_t n, int i) const {
        convolution const& op = p.op;
        int const c = i % op.in.channels, tap = i / op.in.channels % p.taps(), pixel = i / p.depth();
        int const y = pixel / p.out.width * op.stride + tap / op.kernel - op.pad;
        int const column = pixel % p.out.width * op.stride + tap % op.kernel - op.pad;
        bool const inside = y >= 0 && y < op.in.height && column >= 0 && column < op.in.width;
        T const* const sample = x + n * op.in.size();
        rows[n * p.size() + i] = inside ? sample[(y * op.in.width + column) * op.in.channels + c] : T(0);
    }
};

/// One value of the input's gradient, gathered from the rows of all windows that see it.
template <class T>
struct gather_windows {
    as_product p;
    T const* rows;
    T* dx;
    constexpr void operator()(std::size_t n, int i) const {
        convolution const& op = p.op;
        int const c = i % op.in.channels, pixel = i / op.in.channels;
        int const y = pixel / op.in.width + op.pad, x = pixel % op.in.width + op.pad;
        T const* const sample = rows + n * p.size();
        T sum = T(0);
        for (int ky = 0; ky < op.kernel; ++ky) {
            int const oy = (y - ky) / op.stride;
            if (y < ky || oy * op.stride != y - ky || oy >= p.out.height) continue;
            for (int kx = 0; kx < op.kernel; ++kx) {
                int const ox = (x - kx) / op.stride;
                if (x < kx || ox * op.stride != x - kx || ox >= p.out.width) continue;
                sum += sample[std::int64_t{oy * p.out.width + ox} * p.depth() + (ky * op.kernel + kx) * op.in.channels + c];
            }
        }
        dx[n * op.in.size() + i] = sum;
    }
};

/// Calls f(first sample, samples) for as many samples at a time as the execution has memory for.
template <class Run, class F>
void in_pieces(Run& run, as_product const& p, std::size_t batch, F&& f) {
    std::size_t const room = std::clamp<std::size_t>(run.most_row_values() / p.size(), 1, batch);
    std::size_t const step = p.is_plain() ? batch : room;
    for (std::size_t first = 0; first < batch; first += step) f(first, std::min(step, batch - first));
}

/// Memory for the rows of some samples.
template <class T, class Run>
T* row_room(Run& run, as_product const& p, std::size_t samples) {
    return run.template scratch<T>(convolution_columns{}, samples * p.size()).data();
}

/// The rows of some samples: the input itself if it already has that form.
template <class T, class Run>
T const* laid_rows(Run& run, as_product const& p, planes<T const> const& x) {
    if (p.is_plain()) return x.data();
    T* const rows = row_room<T>(run, p, x.extent(0));
    launch_in_samples(run, static_cast<int>(x.extent(0)), p.size(), lay_window<T>{p, x.data(), rows});
    return rows;
}

/// Weights in the order (out, ky, kx, in), in which a window lies in memory.
template <class T, class Run>
T const* taps_first(Run& run, as_product const& p, view<T const, 4> const& weights) {
    if (p.taps() == 1) return weights.data();
    auto const w = run.template scratch<T>(turned_weights{}, weights.size());
    launch_transpose(run, p.op.out_channels, p.op.in.channels, p.taps(), weights.data(), w.data());
    return w.data();
}

/// y = x convolved with weights that are in the order (out, ky, kx, in) already; rectified if requested.
template <class T, class Run>
void convolve(Run& run, convolution const& op, planes<T const> const& x, T const* w, row<T const> const& bias, bool rectified,
              planes<T> const& y) {
    as_product const p(op);
    if constexpr (requires { run.vendor_forward(op, int{}, x.data(), w, bias.data(), rectified, y.data()); })
        if (!p.is_plain() && run.vendor_forward(op, static_cast<int>(x.extent(0)), x.data(), w, bias.data(), rectified, y.data())) return;
    in_pieces(run, p, x.extent(0), [&](std::size_t first, std::size_t samples) {
        run.multiply(
            {.rows = static_cast<int>(samples) * p.out.pixels(), .columns = op.out_channels, .depth = p.depth(), .b_transposed = true},
            laid_rows<T>(run, p, x.part(first, samples)), w, bias.data(), y.part(first, samples).data());
    });
    if (rectified) launch_each(run, y.size(), rectify<T>{y.data(), y.data()});
}

} // namespace backend::device

// An execution may offer a library's convolution: `vendor_forward(op, batch, x, weights, bias, rectified, y)` and so on, weights in the
// order (out, ky, kx, in), which return false if the library does not support the shape. Otherwise, and for windows that need no layout,
// the convolution is a matrix product.

template <class T, backend::device_backend B>
struct kernel<convolution_forward<T>, B> {
    static void run(typename B::execution& run, convolution_forward<T> const& p) {
        using namespace backend::device;
        convolution const op = p.geometry();
        convolve<T>(run, op, p.x, taps_first<T>(run, as_product(op), p.weights), p.bias, false, p.y);
    }
};

template <class T, backend::device_backend B>
struct kernel<convolution_input_gradient<T>, B> {
    static void run(typename B::execution& run, convolution_input_gradient<T> const& pass) {
        using namespace backend::device;
        convolution const op = pass.geometry();
        as_product const p(op);
        std::size_t const batch = pass.dx.extent(0);
        T const* const w = taps_first<T>(run, p, pass.weights);
        if constexpr (requires { run.vendor_backward_input(op, int{}, pass.dy.data(), w, pass.dx.data()); })
            if (!p.is_plain() && run.vendor_backward_input(op, static_cast<int>(batch), pass.dy.data(), w, pass.dx.data())) return;
        in_pieces(run, p, batch, [&](std::size_t first, std::size_t count) {
            int const samples = static_cast<int>(count);
            T* const dx = pass.dx.part(first, count).data();
            T* const rows = p.is_plain() ? dx : row_room<T>(run, p, count);
            run.multiply({.rows = samples * p.out.pixels(), .columns = p.depth(), .depth = op.out_channels},
                         pass.dy.part(first, count).data(), w, static_cast<T const*>(nullptr), rows);
            if (!p.is_plain()) launch_in_samples(run, samples, op.in.size(), gather_windows<T>{p, rows, dx});
        });
    }
};

template <class T, backend::device_backend B>
struct kernel<convolution_weight_gradient<T>, B> {
    static void run(typename B::execution& run, convolution_weight_gradient<T> const& pass) {
        using namespace backend::device;
        convolution const op = pass.geometry();
        as_product const p(op);
        std::size_t const batch = pass.x.extent(0);
        if (!pass.dbias.empty())
            sum_columns<1>(run, static_cast<std::int64_t>(batch) * p.out.pixels(), op.out_channels,
                           value_term<T>{op.out_channels, pass.dy.data(), nullptr}, store_sum<T>{pass.dbias.data()});
        bool const same_order = p.taps() == 1;
        T* const dw = same_order ? pass.dweights.data() : run.template scratch<T>(turned_weights{}, op.weights()).data();
        auto const by_product = [&] {
            in_pieces(run, p, batch, [&](std::size_t first, std::size_t samples) {
                run.multiply({.rows = op.out_channels,
                              .columns = p.depth(),
                              .depth = static_cast<int>(samples) * p.out.pixels(),
                              .a_transposed = true,
                              .adds = first > 0},
                             pass.dy.part(first, samples).data(), laid_rows<T>(run, p, pass.x.part(first, samples)),
                             static_cast<T const*>(nullptr), dw);
            });
        };
        if constexpr (requires { run.vendor_backward_weights(op, int{}, pass.x.data(), pass.dy.data(), dw); }) {
            if (p.is_plain() || !run.vendor_backward_weights(op, static_cast<int>(batch), pass.x.data(), pass.dy.data(), dw)) by_product();
        } else {
            by_product();
        }
        if (!same_order) launch_transpose(run, op.out_channels, p.taps(), op.in.channels, static_cast<T const*>(dw), pass.dweights.data());
    }
};

} // namespace mcfa
