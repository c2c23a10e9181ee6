// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/taps.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/op/patches.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

/// One work item per row of output pixels.
template <class T, backend::host_backend B>
struct kernel<patches<T>, B> {
    static void run(typename B::execution& run, patches<T> const& p) {
        shape const out = p.op.out();
        run.launch(static_cast<std::int64_t>(p.x.extent(0)) * out.height, [=](std::int64_t item) {
            grouped_convolution const op = p.op;
            std::size_t const count = op.group_in();
            std::int64_t const n = item / out.height;
            int const oy = static_cast<int>(item % out.height);
            T* to = p.rows[item * out.width].data();
            for (int ox = 0; ox < out.width; ++ox)
                for (int ky = 0; ky < op.kernel; ++ky) {
                    int const iy = arithmetic::tap_input(op, oy, ky, op.in.height);
                    for (int kx = 0; kx < op.kernel; ++kx, to += count) {
                        int const ix = arithmetic::tap_input(op, ox, kx, op.in.width);
                        if (iy >= 0 && ix >= 0) std::copy_n(&p.x(n, iy, ix, p.group * op.group_in()), count, to);
                        else std::fill_n(to, count, T(0));
                    }
                }
        });
    }
};

/// One work item per row of input pixels, each of which gathers from the windows that read it.
template <class T, backend::host_backend B>
struct kernel<patches_gradient<T>, B> {
    static void run(typename B::execution& run, patches_gradient<T> const& p) {
        shape const out = p.op.out();
        run.launch(static_cast<std::int64_t>(p.dx.extent(0)) * p.op.in.height, [=](std::int64_t item) {
            grouped_convolution const op = p.op;
            int const count = op.group_in();
            std::int64_t const n = item / op.in.height;
            int const iy = static_cast<int>(item % op.in.height);
            for (int ix = 0; ix < op.in.width; ++ix) {
                T* const dx = &p.dx(n, iy, ix, p.group * count);
                std::fill_n(dx, count, T(0));
                for (int ky = 0; ky < op.kernel; ++ky) {
                    int const oy = arithmetic::tap_output(op, iy, ky, out.height);
                    for (int kx = 0; kx < op.kernel && oy >= 0; ++kx)
                        if (int const ox = arithmetic::tap_output(op, ix, kx, out.width); ox >= 0) {
                            T const* const from = &p.drows((n * out.height + oy) * out.width + ox, (ky * op.kernel + kx) * count);
                            for (int c = 0; c < count; ++c) dx[c] += from[c];
                        }
                }
            }
        });
    }
};

} // namespace mcfa
