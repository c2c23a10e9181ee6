// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// 2x2 maxima of `count` channels: of the pixel at `from`, the one `pixel` values behind it, and both a `line` below. No value is NaN.
template <class V>
void maxima_of_four(int count, V const* from, std::size_t pixel, std::size_t line, V* to) {
    typedef V piece __attribute__((vector_size(16))); // channels are few: the smallest vector leaves the fewest over
    constexpr int step = 16 / static_cast<int>(sizeof(V));
    auto const at = [](V const* p) __attribute__((always_inline)) {
        piece v;
        std::memcpy(&v, p, sizeof v);
        return v;
    };
    int i = 0;
    for (; i + step <= count; i += step) {
        V const *const upper = from + i, *const lower = upper + line;
        piece const a = at(upper), b = at(upper + pixel), c = at(lower), d = at(lower + pixel);
        piece const first = a > b ? a : b, second = c > d ? c : d, best = first > second ? first : second;
        std::memcpy(to + i, &best, sizeof best);
    }
    for (; i < count; ++i) to[i] = std::max(std::max(from[i], from[i + pixel]), std::max(from[i + line], from[i + line + pixel]));
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
