// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/launch.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <cstddef>
#include <type_traits>

namespace mcfa::backend::device {

/// To the form in which weights are stored.
template <class T, class S>
struct store_value {
    T const* from;
    S* to;
    constexpr void operator()(std::size_t i) const { to[i] = S(from[i]); }
};

template <class T, class S>
struct widen_stored {
    S const* from;
    T* to;
    constexpr void operator()(std::size_t i) const { to[i] = static_cast<T>(from[i]); }
};

/// Stored weights as scalars: themselves, or widened into the scratch memory of that name.
template <class T, class Run, class Name, class S>
T const* as_scalars(Run& run, Name name, std::size_t count, S const* stored) {
    if constexpr (std::is_same_v<T, S>) {
        return stored;
    } else {
        auto const wide = run.template scratch<T>(name, count);
        launch_each(run, count, widen_stored<T, S>{stored, wide.data()});
        return wide.data();
    }
}

} // namespace mcfa::backend::device
