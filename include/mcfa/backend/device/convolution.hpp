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

/// A convolution as products of matrices: a row for every output pixel, holding the window under it in the order (ky, kx, channel),
/// times weights in the same order. The rows of some samples at a time are laid out in scratch memory.
struct as_product {
    convolution op;
    shape out;

    explicit constexpr as_product(convolution const& c) : op(c), out(c.out()) {}

    constexpr int taps() const { return op.kernel * op.kernel; }
    constexpr int depth() const { return taps() * op.in.channels; }
    /// Values of one sample's rows.
    constexpr std::size_t size() const { return static_cast<std::size_t>(out.pixels()) * static_cast<std::size_t>(depth()); }
    /// True where the input is its own matrix of rows: a window of one pixel, or one that is the whole plane.
    constexpr bool is_plain() const {
        bool const pixelwise = op.kernel == 1 && op.stride == 1;
        bool const whole = op.kernel == op.in.height && op.kernel == op.in.width;
        return op.pad == 0 && (pixelwise || whole);
    }
};

/// One value of a row: 0 where the window lies beside the plane.
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
        rows[n * p.size() + static_cast<std::size_t>(i)] =
            inside ? x[n * op.in.size() + static_cast<std::size_t>((y * op.in.width + column) * op.in.channels + c)] : T(0);
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
                sum += sample[static_cast<std::size_t>(oy * p.out.width + ox) * static_cast<std::size_t>(p.depth()) +
                              static_cast<std::size_t>((ky * op.kernel + kx) * op.in.channels + c)];
            }
        }
        dx[n * op.in.size() + static_cast<std::size_t>(i)] = sum;
    }
};

/// f(first sample, samples) for as many samples at a time as the execution has room for rows of.
template <class Run, class F>
void in_pieces(Run& run, as_product const& p, int batch, F&& f) {
    auto const room = static_cast<int>(std::clamp<std::size_t>(run.most_row_values() / p.size(), 1, static_cast<std::size_t>(batch)));
    int const step = p.is_plain() ? batch : room;
    for (int first = 0; first < batch; first += step) f(first, std::min(step, batch - first));
}

} // namespace backend::device

/// An execution may know a library's convolution: `vendor_forward(op, batch, x, weights, bias, rectified, y)` and so on, weights in the order
/// (out, ky, kx, in), which return false where the library has none for this shape. Otherwise, and for windows that need no layout, the
/// convolution is a product of matrices.
template <backend::device_backend B>
struct kernel<convolution, B> {
    using execution = typename B::execution;
    using as_product = backend::device::as_product;

    template <class T>
    static void forward(execution& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
        forward_rectified(run, op, batch, x, weights, bias, false, y);
    }
    template <class T>
    static void forward_rectified(execution& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias,
                                  bool rectified, T* y) {
        run.now({"convolution forward", batch, op.in, op.out()});
        forward_from(run, op, batch, x, taps_first(run, as_product(op), weights), bias, rectified, y);
    }

    /// From weights that are in the order (out, ky, kx, in) already, with a rectifier behind it where asked for.
    template <class T>
    static void forward_from(execution& run, convolution const& op, int batch, T const* x, T const* w, T const* bias, bool rectified,
                             T* y) {
        as_product const p(op);
        run.now({"convolution forward", batch, op.in, p.out});
        if constexpr (requires { run.vendor_forward(op, batch, x, w, bias, rectified, y); })
            if (!p.is_plain() && run.vendor_forward(op, batch, x, w, bias, rectified, y)) return;
        in_pieces(run, p, batch, [&](int first, int samples) {
            T const* const rows = laid(run, p, first, samples, x);
            run.multiply({samples * p.out.pixels(), op.out_channels, p.depth(), false, true, false}, rows, w, bias, at(y, first, p.out));
        });
        if (rectified) backend::device::launch_each(run, static_cast<std::size_t>(batch) * p.out.size(), backend::device::rectify<T>{y, y});
    }

    template <class T>
    static void backward_input(execution& run, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
        using namespace backend::device;
        as_product const p(op);
        run.now({"convolution backward, input", batch, op.in, p.out});
        T const* const w = taps_first(run, p, weights);
        if constexpr (requires { run.vendor_backward_input(op, batch, dy, w, dx); })
            if (!p.is_plain() && run.vendor_backward_input(op, batch, dy, w, dx)) return;
        in_pieces(run, p, batch, [&](int first, int samples) {
            T* const rows = p.is_plain() ? at(dx, first, op.in) : room(run, p, samples, dx);
            run.multiply({samples * p.out.pixels(), p.depth(), op.out_channels, false, false, false}, at(dy, first, p.out), w,
                         static_cast<T const*>(nullptr), rows);
            if (!p.is_plain()) launch_in_samples(run, samples, op.in.size(), gather_windows<T>{p, rows, at(dx, first, op.in)});
        });
    }

    template <class T>
    static void backward_weights(execution& run, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        using namespace backend::device;
        as_product const p(op);
        run.now({"convolution backward, weights", batch, op.in, p.out});
        if (dbias)
            sum_columns<1>(run, static_cast<std::int64_t>(batch) * p.out.pixels(), op.out_channels,
                           value_term<T>{op.out_channels, dy, nullptr}, store_sum<T>{dbias});
        bool const same_order = p.taps() == 1;
        T* const dw = same_order ? dweights : run.template scratch<T>(turned_weights{}, op.weights()).data();
        auto const by_product = [&] {
            in_pieces(run, p, batch, [&](int first, int samples) {
                T const* const rows = laid(run, p, first, samples, x);
                run.multiply({op.out_channels, p.depth(), samples * p.out.pixels(), true, false, first > 0}, at(dy, first, p.out), rows,
                             static_cast<T const*>(nullptr), dw);
            });
        };
        if constexpr (requires { run.vendor_backward_weights(op, batch, x, dy, dw); }) {
            if (p.is_plain() || !run.vendor_backward_weights(op, batch, x, dy, dw)) by_product();
        } else {
            by_product();
        }
        if (!same_order) launch_transpose(run, op.out_channels, p.taps(), op.in.channels, static_cast<T const*>(dw), dweights);
    }

private:
    template <class T>
    static T* at(T* values, int first, shape s) {
        return values + static_cast<std::size_t>(first) * s.size();
    }
    /// Weights in the order (out, ky, kx, in), in which a window lies in memory.
    template <class T>
    static T const* taps_first(execution& run, as_product const& p, T const* weights) {
        if (p.taps() == 1) return weights;
        auto const w = run.template scratch<T>(backend::device::turned_weights{}, p.op.weights());
        backend::device::launch_transpose(run, p.op.out_channels, p.op.in.channels, p.taps(), weights, w.data());
        return w.data();
    }
    template <class T>
    static T* room(execution& run, as_product const& p, int samples, T*) {
        return run.template scratch<T>(backend::device::convolution_columns{}, static_cast<std::size_t>(samples) * p.size()).data();
    }
    template <class T>
    static T const* laid(execution& run, as_product const& p, int first, int samples, T const* x) {
        if (p.is_plain()) return at(x, first, p.op.in);
        T* const rows = room(run, p, samples, static_cast<T*>(nullptr));
        backend::device::launch_in_samples(run, samples, p.size(), backend::device::lay_window<T>{p, at(x, first, p.op.in), rows});
        return rows;
    }
};

} // namespace mcfa
