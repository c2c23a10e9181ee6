// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp> // xtensor 0.26 and later
#else
#include <xtensor/xtensor.hpp>
#endif

namespace mcfa {

/// The arrays that users see: images, windows, targets, predictions. Row-major, always a value, never a lazy expression.
template <class T, std::size_t Rank>
using array = xt::xtensor<T, Rank>;

} // namespace mcfa
