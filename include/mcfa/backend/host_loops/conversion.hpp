// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/dense.hpp>

#include <cstddef>

namespace mcfa {

template <class T, class Stored, backend::host_backend B>
struct kernel<conversion<T, Stored>, B> {
    static void run(typename B::execution& run, conversion<T, Stored> const& p) {
        backend::launch_chunks(run, p.x.size(), [=](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) p.y[i] = Stored(p.x[i]);
        });
    }
};

} // namespace mcfa
