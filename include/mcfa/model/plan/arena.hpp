// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/model/plan/memory_plan.hpp>

#include <cstddef>

namespace mcfa {

/// The largest capacity, up to `most`, whose arena has at most `bytes`; 0 where not even one window fits.
inline std::size_t capacity_that_fits(net_info const& net, purpose use, std::size_t bytes, std::size_t bytes_per_value, std::size_t most) {
    std::size_t fits = 0, too_large = most + 1;
    while (fits + 1 < too_large) {
        std::size_t const middle = fits + (too_large - fits) / 2;
        (memory_plan::of(net, middle, use).size * bytes_per_value <= bytes ? fits : too_large) = middle;
    }
    return fits;
}

/// The arena of a workspace. Where memory does not suffice, the `memory_error` also says for how many windows it would.
template <class Buffer>
Buffer make_arena(net_info const& net, std::size_t capacity, purpose use, std::size_t values) {
    try {
        return Buffer(values);
    } catch (memory_error const& problem) {
        std::size_t const fits = capacity_that_fits(net, use, problem.available, sizeof(typename Buffer::value_type), capacity);
        throw memory_error(problem.asked, problem.available,
                           {"a workspace for ", capacity, " windows, ", use == purpose::training ? "training" : "inference", ": ",
                            problem.what(), "; ", fits > 0 ? join({fits, " windows would fit"}) : "not even one window fits"});
    }
}

} // namespace mcfa
