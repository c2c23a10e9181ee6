// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <initializer_list>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The larger of both, and NaN before all, as in `arithmetic::exceeds`.
[[gnu::always_inline]] inline packet<float> larger_or_nan(packet<float> const& best, packet<float> const& v) {
    auto const taken = (v > best) | (v != v);
    return taken ? v : best;
}

/// 2x2 maxima of `count` channels: of the pixel at `from`, the one `pixel` values behind it, and both a `line` below.
inline void maxima_of_quads(int count, bfloat16 const* from, std::size_t pixel, std::size_t line, bfloat16* to) {
    int i = 0;
    for (; i + lanes<float> <= count; i += lanes<float>) {
        bfloat16 const *const upper = from + i, *const lower = upper + line;
        store_narrow(to + i, larger_or_nan(larger_or_nan(larger_or_nan(load_wide(upper), load_wide(upper + pixel)), load_wide(lower)),
                                           load_wide(lower + pixel)));
    }
    for (; i < count; ++i) {
        bfloat16 best = from[i];
        for (std::size_t const at : {pixel, line, line + pixel})
            if (arithmetic::exceeds(static_cast<float>(from[i + at]), static_cast<float>(best))) best = from[i + at];
        to[i] = best;
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
