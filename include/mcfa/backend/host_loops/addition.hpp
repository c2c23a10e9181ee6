// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/addition.hpp>

#include <cstddef>

namespace mcfa {

template <class T, backend::host_backend B>
struct kernel<addition<T>, B> {
    static void run(typename B::execution& run, addition<T> const& p) {
        backend::launch_chunks(run, p.y.size(),
                               [x = p.x.data(), other = p.other.data(), y = p.y.data()](std::size_t first, std::size_t last) {
                                   backend::map(first, last, x, y, [other](std::size_t i, T value) {
                                       return static_cast<T>(static_cast<sum_of<T>>(value) + static_cast<sum_of<T>>(other[i]));
                                   });
                               });
    }
};

} // namespace mcfa
