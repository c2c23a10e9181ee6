// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/depthwise.hpp>
#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/depthwise.hpp>
#include <mcfa/op/depthwise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

// Depthwise convolutions with 3x3 windows: along a row of pixels the nine weights of a vector of channels, or the sums of their gradients, stay in
// registers. Other windows, and fewer channels than a vector has, are left to the loops of all host backends.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

template <class T>
bool has_vector_rows(depthwise const& op) {
    return op.kernel == 3 && op.in.channels >= lanes<T>;
}

/// The rows that a window's three rows of taps read for one row of outputs. Those outside the plane are null.
template <class T>
struct window_rows_of {
    depthwise op;
    std::array<T const*, 3> rows;
    int first, last; ///< outputs whose window lies within the plane along the row: first .. last - 1

    window_rows_of(depthwise const& given, T const* sample, int oy) : op(given) {
        for (int ky = 0; ky < 3; ++ky) {
            int const iy = arithmetic::tap_input(op, oy, ky, op.in.height);
            rows[ky] = iy < 0 ? nullptr : sample + static_cast<std::ptrdiff_t>(iy) * op.in.width * op.in.channels;
        }
        int const width = op.out().width;
        first = std::clamp((op.pad + op.stride - 1) / op.stride, 0, width);
        last = std::clamp((op.in.width + op.pad - 2 * op.dilation - 1) / op.stride + 1, first, width);
        if (op.in.width + op.pad - 2 * op.dilation - 1 < 0) last = first;
    }
    std::ptrdiff_t step() const { return static_cast<std::ptrdiff_t>(op.stride) * op.in.channels; }    ///< from output to output
    std::ptrdiff_t apart() const { return static_cast<std::ptrdiff_t>(op.dilation) * op.in.channels; } ///< from tap to tap
};

/// body(the first channel of a vector, how many of its lanes were in the one before) for all channels; the last vector may overlap.
template <class T, class Body>
[[gnu::always_inline]] inline void each_vector(int channels, Body const& body) {
    for (int c = 0; c < channels; c += lanes<T>) {
        int const begin = std::min(c, channels - lanes<T>);
        body(begin, c - begin);
    }
}

template <class F>
[[gnu::always_inline]] inline void each_tap(F&& f) {
    [&]<std::size_t... K>(std::index_sequence<K...>) { (f.template operator()<K>(), ...); }(std::make_index_sequence<9>{});
}

/// One row of outputs. `taps` are (9, channels), `nothing` is as many zeros as a row of x has.
template <class T>
void depthwise_row(window_rows_of<T> const& x, T const* taps, T const* bias, T const* nothing, T* y) {
    int const channels = x.op.in.channels, width = x.op.out().width;
    std::ptrdiff_t const step = x.step(), apart = x.apart();
    each_vector<T>(channels, [&](int c, int) {
        packet<T> const begin = bias ? load(bias + c) : packet<T>{};
        auto const at_the_edge = [&](int ox) {
            packet<T> sum = begin;
            for (int kx = 0; kx < 3; ++kx)
                if (int const ix = arithmetic::tap_input(x.op, ox, kx, x.op.in.width); ix >= 0)
                    for (int ky = 0; ky < 3; ++ky)
                        if (x.rows[ky])
                            sum += load(x.rows[ky] + static_cast<std::ptrdiff_t>(ix) * channels + c) *
                                   load(taps + (ky * 3 + kx) * channels + c);
            store(y + static_cast<std::ptrdiff_t>(ox) * channels + c, sum);
        };
        for (int ox = 0; ox < x.first; ++ox) at_the_edge(ox);
        packet<T> w[9];
        each_tap([&]<std::size_t K> { w[K] = load(taps + K * channels + c); });
        std::ptrdiff_t const begins = x.first * step - static_cast<std::ptrdiff_t>(x.op.pad) * channels + c;
        T const *r0 = (x.rows[0] ? x.rows[0] : nothing) + begins, *r1 = (x.rows[1] ? x.rows[1] : nothing) + begins,
                *r2 = (x.rows[2] ? x.rows[2] : nothing) + begins;
        T* to = y + static_cast<std::ptrdiff_t>(x.first) * channels + c;
        for (int ox = x.first; ox < x.last; ++ox, r0 += step, r1 += step, r2 += step, to += channels) {
            packet<T> a = begin, b, d; // three chains, as additions take time
            a += load(r0) * w[0];
            b = load(r1) * w[3];
            d = load(r2) * w[6];
            a += load(r0 + apart) * w[1];
            b += load(r1 + apart) * w[4];
            d += load(r2 + apart) * w[7];
            a += load(r0 + 2 * apart) * w[2];
            b += load(r1 + 2 * apart) * w[5];
            d += load(r2 + 2 * apart) * w[8];
            store(to, a + (b + d));
        }
        for (int ox = x.last; ox < width; ++ox) at_the_edge(ox);
    });
}

/// y of all samples; `taps` as above.
template <class T>
void depthwise_planes(eigen::execution& run, depthwise const& op, planes<T const> const& x, T const* taps, T const* bias,
                      planes<T> const& y) {
    struct no_pixels {}; // scratch memory
    shape const out = op.out();
    auto const nothing = run.template scratch<T>(no_pixels{}, static_cast<std::size_t>(op.in.width) * op.in.channels);
    std::fill(nothing.begin(), nothing.end(), T(0));
    run.launch(static_cast<std::int64_t>(y.extent(0)) * out.height, [&](std::int64_t item) {
        std::int64_t const n = item / out.height;
        int const oy = static_cast<int>(item % out.height);
        depthwise_row<T>({op, x[n].data(), oy}, taps, bias, nothing.data(), &y(n, oy, 0, 0));
    });
}

/// What a row of an input's gradient gathers where the stride is above 1. Of its pixels every `stride`-th one, from the pixel `phase` on, has the same
/// taps: tap kx of pixel phase + i * stride is of the output begin[kx] + i, if that is one.
struct gathered_taps {
    int phase = 0, pixels = 0;
    int first = 0, last = 0; ///< pixels all of whose taps are outputs: i = first .. last - 1
    int columns = 0;         ///< of the window that have a tap
    std::array<int, 3> column{}, begin{};

    gathered_taps(depthwise const& op, int from) : phase(from), pixels((op.in.width - from + op.stride - 1) / op.stride), last(pixels) {
        int const outputs = op.out().width;
        for (int kx = 0; kx < 3; ++kx) {
            int const ahead = phase + op.pad - kx * op.dilation;
            if (ahead % op.stride != 0) continue;
            column[columns] = kx, begin[columns++] = ahead / op.stride;
            first = std::max(first, -ahead / op.stride);
            last = std::min(last, outputs - ahead / op.stride);
        }
        first = std::min(first, pixels);
        last = std::max(last, first);
    }
};

/// Of each of `pixels` pixels the sum of K products: from[k] is the first pixel's factor, the next one's is `apart` values further, its sum `step`.
template <class T, std::size_t... K>
void gather_products(std::index_sequence<K...>, T const* const* from, packet<T> const* weights, int pixels, std::ptrdiff_t apart, T* to,
                     std::ptrdiff_t step) {
    [[maybe_unused]] T const* const place[]{from[K]..., nullptr};
    [[maybe_unused]] packet<T> const w[]{weights[K]..., packet<T>{}};
    std::ptrdiff_t at = 0;
    for (int i = 0; i < pixels; ++i, at += apart, to += step) {
        packet<T> sum{};
        ((sum += load(place[K] + at) * w[K]), ...);
        store(to, sum);
    }
}

/// The same of a count that is known when it runs, 0 to 9.
template <class T>
void gather_products(int count, T const* const* from, packet<T> const* weights, int pixels, std::ptrdiff_t apart, T* to,
                     std::ptrdiff_t step) {
    [&]<std::size_t... N>(std::index_sequence<N...>) {
        ((count == static_cast<int>(N) ? gather_products<T>(std::make_index_sequence<N>{}, from, weights, pixels, apart, to, step)
                                       : void()),
         ...);
    }(std::make_index_sequence<10>{});
}

/// Row iy of the gradient of one sample's input, `dx`, from that of its output. `taps` are (9, channels).
template <class T>
void depthwise_gradient_row(depthwise const& op, T const* dy, T const* taps, int iy, T* dx) {
    shape const out = op.out();
    std::ptrdiff_t const channels = op.in.channels, step = op.stride * channels;
    std::array<T const*, 3> rows{};
    std::array<int, 3> row_taps{};
    int count = 0;
    for (int ky = 0; ky < 3; ++ky)
        if (int const oy = arithmetic::tap_output(op, iy, ky, out.height); oy >= 0)
            rows[count] = dy + static_cast<std::ptrdiff_t>(oy) * out.width * channels, row_taps[count++] = 3 * ky;
    for (int phase = 0; phase < std::min(op.stride, op.in.width); ++phase) {
        gathered_taps const g(op, phase);
        each_vector<T>(op.in.channels, [&](int c, int) {
            T* const to = dx + phase * channels + c;
            auto const at_the_edge = [&](int i) {
                packet<T> sum{};
                for (int k = 0; k < g.columns; ++k)
                    if (int const ox = g.begin[k] + i; ox >= 0 && ox < out.width)
                        for (int r = 0; r < count; ++r)
                            sum += load(rows[r] + ox * channels + c) * load(taps + (row_taps[r] + g.column[k]) * channels + c);
                store(to + i * step, sum);
            };
            for (int i = 0; i < g.first; ++i) at_the_edge(i);
            T const* from[9];
            packet<T> w[9];
            int products = 0;
            for (int k = 0; k < g.columns && g.first < g.last; ++k)
                for (int r = 0; r < count; ++r) {
                    from[products] = rows[r] + (g.begin[k] + g.first) * channels + c;
                    w[products++] = load(taps + (row_taps[r] + g.column[k]) * channels + c);
                }
            gather_products(products, from, w, g.last - g.first, channels, to + g.first * step, step);
            for (int i = g.last; i < g.pixels; ++i) at_the_edge(i);
        });
    }
}

/// Adds what one row of outputs says of the weights' gradient to `sums`: (9, channels), then (channels) for the bias.
template <class T>
void add_depthwise_gradients(window_rows_of<T> const& x, T const* nothing, T const* dy, double* sums) {
    int const channels = x.op.in.channels, width = x.op.out().width;
    std::ptrdiff_t const step = x.step(), apart = x.apart();
    each_vector<T>(channels, [&](int c, int known) {
        packet<T> sum[9]{}, bias{};
        std::ptrdiff_t const begins = x.first * step - static_cast<std::ptrdiff_t>(x.op.pad) * channels + c;
        T const* const rows[3]{(x.rows[0] ? x.rows[0] : nothing) + begins, (x.rows[1] ? x.rows[1] : nothing) + begins,
                               (x.rows[2] ? x.rows[2] : nothing) + begins};
        T const* from = dy + static_cast<std::ptrdiff_t>(x.first) * channels + c;
        std::ptrdiff_t at = 0;
        for (int ox = x.first; ox < x.last; ++ox, at += step, from += channels) {
            packet<T> const gradient = load(from);
            bias += gradient;
            each_tap([&]<std::size_t K> { sum[K] += load(rows[K / 3] + at + static_cast<std::ptrdiff_t>(K % 3) * apart) * gradient; });
        }
        auto const at_the_edge = [&](int ox) {
            packet<T> const gradient = load(dy + static_cast<std::ptrdiff_t>(ox) * channels + c);
            bias += gradient;
            each_tap([&]<std::size_t K> {
                int const ix = arithmetic::tap_input(x.op, ox, K % 3, x.op.in.width);
                if (ix >= 0 && x.rows[K / 3]) sum[K] += load(x.rows[K / 3] + static_cast<std::ptrdiff_t>(ix) * channels + c) * gradient;
            });
        };
        for (int ox = 0; ox < x.first; ++ox) at_the_edge(ox);
        for (int ox = x.last; ox < width; ++ox) at_the_edge(ox);
        auto const add = [&](packet<T> const& v, double* to) {
            T part[lanes<T>];
            store(part, v);
            for (int l = known; l < lanes<T>; ++l) to[c + l] += static_cast<double>(part[l]);
        };
        each_tap([&]<std::size_t K> { add(sum[K], sums + K * channels); });
        add(bias, sums + 9 * channels);
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS

namespace mcfa {

template <class T>
struct kernel<depthwise_forward<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, depthwise_forward<T> const& p) {
        using namespace backend::eigen_engine;
        if (!has_vector_rows<T>(p.op)) return backend::depthwise_forward_by_pixels(run, p);
        depthwise_planes<T>(run, p.op, p.x, backend::tap_by_tap<T>(run, p.weights), p.bias.data(), p.y);
    }
};

/// With stride 1, dx is dy under the same window turned round; else each pixel gathers from the outputs that read it.
template <class T>
struct kernel<depthwise_input_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, depthwise_input_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        if (!has_vector_rows<T>(p.op)) return backend::depthwise_input_gradient_by_pixels(run, p);
        if (p.op.stride != 1) {
            T const* const taps = backend::tap_by_tap<T>(run, p.weights);
            return run.launch(static_cast<std::int64_t>(p.dx.extent(0)) * p.op.in.height, [&](std::int64_t item) {
                std::int64_t const n = item / p.op.in.height;
                int const iy = static_cast<int>(item % p.op.in.height);
                depthwise_gradient_row<T>(p.op, p.dy[n].data(), taps, iy, &p.dx(n, iy, 0, 0));
            });
        }
        depthwise_planes<T>(run, {p.op.out(), 3, 1, 2 * p.op.dilation - p.op.pad, p.op.dilation}, p.dy,
                            backend::tap_by_tap<T>(run, p.weights, true), nullptr, p.dx);
    }
};

template <class T>
struct kernel<depthwise_weight_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, depthwise_weight_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        if (!has_vector_rows<T>(p.op)) return backend::depthwise_weight_gradient_by_pixels(run, p);
        struct no_pixels {}; // scratch memory
        auto const nothing = run.template scratch<T>(no_pixels{}, static_cast<std::size_t>(p.op.in.width) * p.op.in.channels);
        std::fill(nothing.begin(), nothing.end(), T(0));
        backend::depthwise_weight_gradient_by_rows(run, p, [&](std::size_t n, int oy, double* sums) {
            add_depthwise_gradients<T>({p.op, p.x[n].data(), oy}, nothing.data(), &p.dy(n, oy, 0, 0), sums);
        });
    }
};

} // namespace mcfa
