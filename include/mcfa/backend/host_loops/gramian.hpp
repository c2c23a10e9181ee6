// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/gramian.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>

#include <cstddef>

namespace mcfa {

template <class T, backend::host_backend B>
struct kernel<head_gramian<T>, B> {
    static void run(typename B::execution& run, head_gramian<T> const& p) {
        std::size_t const logits = p.gramian.extent(0);
        std::size_t const cost = logits * (p.weights.extent(1) + p.dlogits.extent(0)) / 2;
        backend::launch_rows(run, logits, cost, [&](std::size_t first, std::size_t last) {
            for (std::size_t a = first; a < last; ++a)
                for (std::size_t b = 0; b <= a; ++b) p.gramian(a, b) = p.gramian(b, a) = arithmetic::gramian_entry(p, a, b);
        });
    }
};

} // namespace mcfa
