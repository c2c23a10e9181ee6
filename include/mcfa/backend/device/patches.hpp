// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/taps.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/patches.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

/// One value of the rows.
template <class T>
struct lay_patch {
    grouped_convolution op;
    int first; ///< channel
    matrix<T const> x;
    T* rows;
    constexpr void operator()(std::size_t n, int i) const {
        int const depth = static_cast<int>(op.depth()), count = op.group_in(), width = op.out().width;
        int const pixel = i / depth, tap = i % depth / count, c = i % count;
        int const iy = arithmetic::tap_input(op, pixel / width, tap / op.kernel, op.in.height);
        int const ix = arithmetic::tap_input(op, pixel % width, tap % op.kernel, op.in.width);
        bool const inside = iy >= 0 && ix >= 0;
        std::size_t const at = n * static_cast<std::size_t>(op.out().pixels()) * op.depth() + static_cast<std::size_t>(i);
        rows[at] = inside ? x(n, (iy * op.in.width + ix) * op.in.channels + first + c) : T(0);
    }
};

/// One value of the input's gradient.
template <class T>
struct gather_patches {
    grouped_convolution op;
    int first; ///< channel
    T const* drows;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const count = op.group_in(), pixel = i / count, c = i % count;
        shape const out = op.out();
        T const* const sample = drows + n * static_cast<std::size_t>(out.pixels()) * op.depth();
        T sum = T(0);
        for (int ky = 0; ky < op.kernel; ++ky) {
            int const oy = arithmetic::tap_output(op, pixel / op.in.width, ky, out.height);
            for (int kx = 0; kx < op.kernel && oy >= 0; ++kx)
                if (int const ox = arithmetic::tap_output(op, pixel % op.in.width, kx, out.width); ox >= 0)
                    sum += sample[static_cast<std::size_t>(oy * out.width + ox) * op.depth() +
                                  static_cast<std::size_t>((ky * op.kernel + kx) * count + c)];
        }
        dx(n, pixel * op.in.channels + first + c) = sum;
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<patches<T>, B> {
    static void run(typename B::execution& run, patches<T> const& p) {
        backend::device::launch_in_samples(run, static_cast<int>(p.x.extent(0)),
                                           static_cast<std::size_t>(p.op.out().pixels()) * p.op.depth(),
                                           backend::device::lay_patch<T>{p.op, p.group * p.op.group_in(), p.x.rows(), p.rows.data()});
    }
};

template <class T, backend::device_backend B>
struct kernel<patches_gradient<T>, B> {
    static void run(typename B::execution& run, patches_gradient<T> const& p) {
        backend::device::launch_in_samples(
            run, static_cast<int>(p.dx.extent(0)), static_cast<std::size_t>(p.op.in.pixels()) * static_cast<std::size_t>(p.op.group_in()),
            backend::device::gather_patches<T>{p.op, p.group * p.op.group_in(), p.drows.data(), p.dx.rows()});
    }
};

} // namespace mcfa
