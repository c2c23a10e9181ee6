// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/model/plan/memory_plan.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <string>

namespace mcfa {

/// The largest capacity, up to `most`, whose arena has at most `bytes`; 0 if not even one window fits.
inline std::size_t capacity_that_fits(net_info const& net, purpose use, std::size_t bytes, std::size_t bytes_per_value, std::size_t most) {
    std::size_t const least = net.stages[0].input.size() * bytes_per_value; // of a window: it is stored at least
    std::size_t fits = 0, too_large = std::min(most, bytes / least) + 1;
    while (fits + 1 < too_large) {
        std::size_t const middle = fits + (too_large - fits) / 2;
        (memory_plan::of(net, middle, use).size * bytes_per_value <= bytes ? fits : too_large) = middle;
    }
    return fits;
}

/// Bytes that the host has free just now, about.
inline std::size_t available_memory() { return static_cast<std::size_t>(::sysconf(_SC_AVPHYS_PAGES)) * ::sysconf(_SC_PAGESIZE); }

/// The arena of a workspace. Where memory does not suffice, the `memory_error` also says for how many windows it would.
template <class Buffer>
Buffer make_arena(net_info const& net, std::size_t capacity, purpose use, std::size_t values) {
    constexpr std::size_t value_size = sizeof(typename Buffer::value_type);
    auto const refuse = [&](std::size_t requested, std::size_t available, std::string const& why) {
        std::size_t const fits = capacity_that_fits(net, use, available, value_size, capacity);
        raise(memory_error(requested, available,
                           {"a workspace for ", capacity, " windows, ", use == purpose::training ? "training" : "inference", ": ", why,
                            "; ", fits > 0 ? join({fits, " windows would fit"}) : "not even one window fits"}));
    };
    Buffer made;
    attempt<std::bad_alloc>(
        [&] {
            attempt<memory_error>([&] { made = Buffer(values); },
                                  [&](memory_error const& problem) { refuse(problem.asked, problem.available, problem.what()); });
        },
        [&](std::bad_alloc const&) {
            refuse(values * value_size, available_memory(), join({"no memory for ", values * value_size, " bytes"}));
        });
    return made;
}

} // namespace mcfa
