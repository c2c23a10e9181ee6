// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference/backend.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::reference_loops {

/// body(n, y, x, c) for every value of a batch.
template <class T, class Body>
void each_value(planes<T> const& batch, Body const& body) {
    shape const s = sample_shape(batch);
    for (std::size_t n = 0; n < batch.extent(0); ++n)
        for (int y = 0; y < s.height; ++y)
            for (int x = 0; x < s.width; ++x)
                for (int c = 0; c < s.channels; ++c) body(n, y, x, c);
}

inline bool inside(shape s, int y, int x) { return y >= 0 && y < s.height && x >= 0 && x < s.width; }

template <class T>
double product(T a, T b) {
    return static_cast<double>(a) * static_cast<double>(b);
}

} // namespace backend::reference_loops

template <class T>
struct kernel<convolution_forward<T>, backend::reference> {
    static void run(backend::reference::execution&, convolution_forward<T> const& p) {
        using namespace backend::reference_loops;
        convolution const op = p.geometry();
        each_value(p.y, [&](std::size_t n, int oy, int ox, int o) {
            double sum = p.bias.empty() ? 0 : static_cast<double>(p.bias[o]);
            for (int ky = 0; ky < op.kernel; ++ky)
                for (int kx = 0; kx < op.kernel; ++kx) {
                    int const iy = oy * op.stride + ky - op.pad, ix = ox * op.stride + kx - op.pad;
                    if (!inside(op.in, iy, ix)) continue;
                    for (int i = 0; i < op.in.channels; ++i) sum += product(p.x(n, iy, ix, i), p.weights(o, i, ky, kx));
                }
            p.y(n, oy, ox, o) = static_cast<T>(sum);
        });
    }
};

template <class T>
struct kernel<convolution_input_gradient<T>, backend::reference> {
    static void run(backend::reference::execution&, convolution_input_gradient<T> const& p) {
        using namespace backend::reference_loops;
        convolution const op = p.geometry();
        shape const out = op.out();
        each_value(p.dx, [&](std::size_t n, int iy, int ix, int i) {
            double sum = 0;
            for (int ky = 0; ky < op.kernel; ++ky)
                for (int kx = 0; kx < op.kernel; ++kx) {
                    int const sy = iy + op.pad - ky, sx = ix + op.pad - kx;
                    if (sy % op.stride != 0 || sx % op.stride != 0) continue;
                    int const oy = sy / op.stride, ox = sx / op.stride;
                    if (!inside(out, oy, ox)) continue;
                    for (int o = 0; o < out.channels; ++o) sum += product(p.dy(n, oy, ox, o), p.weights(o, i, ky, kx));
                }
            p.dx(n, iy, ix, i) = static_cast<T>(sum);
        });
    }
};

template <class T>
struct kernel<convolution_weight_gradient<T>, backend::reference> {
    static void run(backend::reference::execution&, convolution_weight_gradient<T> const& p) {
        using namespace backend::reference_loops;
        convolution const op = p.geometry();
        shape const out = op.out();
        for (int o = 0; o < out.channels; ++o) {
            for (int i = 0; i < op.in.channels; ++i)
                for (int ky = 0; ky < op.kernel; ++ky)
                    for (int kx = 0; kx < op.kernel; ++kx) {
                        double sum = 0;
                        for (std::size_t n = 0; n < p.x.extent(0); ++n)
                            for (int oy = 0; oy < out.height; ++oy)
                                for (int ox = 0; ox < out.width; ++ox) {
                                    int const iy = oy * op.stride + ky - op.pad, ix = ox * op.stride + kx - op.pad;
                                    if (inside(op.in, iy, ix)) sum += product(p.dy(n, oy, ox, o), p.x(n, iy, ix, i));
                                }
                        p.dweights(o, i, ky, kx) = static_cast<T>(sum);
                    }
            if (p.dbias.empty()) continue;
            double sum = 0;
            for (T const* at = p.dy.data() + o; at < p.dy.end(); at += out.channels) sum += static_cast<double>(*at);
            p.dbias[o] = static_cast<T>(sum);
        }
    }
};

} // namespace mcfa
