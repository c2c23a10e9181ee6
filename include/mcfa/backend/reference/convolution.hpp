// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference/backend.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>

namespace mcfa {

template <>
struct kernel<convolution, backend::reference> {
    using execution = backend::reference::execution;

    template <class T>
    static void forward(execution&, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
        shape const out = op.out();
        for (int n = 0; n < batch; ++n)
            for (int oy = 0; oy < out.height; ++oy)
                for (int ox = 0; ox < out.width; ++ox)
                    for (int o = 0; o < out.channels; ++o) {
                        double sum = bias ? static_cast<double>(bias[o]) : 0;
                        for (int ky = 0; ky < op.kernel; ++ky)
                            for (int kx = 0; kx < op.kernel; ++kx) {
                                int const iy = oy * op.stride + ky - op.pad;
                                int const ix = ox * op.stride + kx - op.pad;
                                if (!inside(op.in, iy, ix)) continue;
                                for (int i = 0; i < op.in.channels; ++i)
                                    sum += product(x[place(op.in, n, iy, ix, i)], weights[weight(op, o, i, ky, kx)]);
                            }
                        y[place(out, n, oy, ox, o)] = static_cast<T>(sum);
                    }
    }

    template <class T>
    static void backward_input(execution&, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
        shape const out = op.out();
        for (int n = 0; n < batch; ++n)
            for (int iy = 0; iy < op.in.height; ++iy)
                for (int ix = 0; ix < op.in.width; ++ix)
                    for (int i = 0; i < op.in.channels; ++i) {
                        double sum = 0;
                        for (int ky = 0; ky < op.kernel; ++ky)
                            for (int kx = 0; kx < op.kernel; ++kx) {
                                int const sy = iy + op.pad - ky;
                                int const sx = ix + op.pad - kx;
                                if (sy % op.stride != 0 || sx % op.stride != 0) continue;
                                int const oy = sy / op.stride;
                                int const ox = sx / op.stride;
                                if (!inside(out, oy, ox)) continue;
                                for (int o = 0; o < out.channels; ++o)
                                    sum += product(dy[place(out, n, oy, ox, o)], weights[weight(op, o, i, ky, kx)]);
                            }
                        dx[place(op.in, n, iy, ix, i)] = static_cast<T>(sum);
                    }
    }

    template <class T>
    static void backward_weights(execution&, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        shape const out = op.out();
        for (int o = 0; o < out.channels; ++o) {
            for (int i = 0; i < op.in.channels; ++i)
                for (int ky = 0; ky < op.kernel; ++ky)
                    for (int kx = 0; kx < op.kernel; ++kx) {
                        double sum = 0;
                        for (int n = 0; n < batch; ++n)
                            for (int oy = 0; oy < out.height; ++oy)
                                for (int ox = 0; ox < out.width; ++ox) {
                                    int const iy = oy * op.stride + ky - op.pad;
                                    int const ix = ox * op.stride + kx - op.pad;
                                    if (inside(op.in, iy, ix)) sum += product(dy[place(out, n, oy, ox, o)], x[place(op.in, n, iy, ix, i)]);
                                }
                        dweights[weight(op, o, i, ky, kx)] = static_cast<T>(sum);
                    }
            if (!dbias) continue;
            double sum = 0;
            for (int pixel = 0; pixel < batch * out.pixels(); ++pixel)
                sum += static_cast<double>(dy[static_cast<std::size_t>(pixel * out.channels + o)]);
            dbias[o] = static_cast<T>(sum);
        }
    }

private:
    template <class T>
    static double product(T a, T b) {
        return static_cast<double>(a) * static_cast<double>(b);
    }
    static bool inside(shape s, int y, int x) { return y >= 0 && y < s.height && x >= 0 && x < s.width; }
    static std::size_t place(shape s, int n, int y, int x, int c) {
        return static_cast<std::size_t>(n) * s.size() + static_cast<std::size_t>((y * s.width + x) * s.channels + c);
    }
    static std::size_t weight(convolution const& op, int o, int i, int ky, int kx) {
        return static_cast<std::size_t>(((o * op.in.channels + i) * op.kernel + ky) * op.kernel + kx);
    }
};

} // namespace mcfa
