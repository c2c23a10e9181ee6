#pragma once

#include <mcfa/backend/eigen/correlation.hpp>

namespace mcfa::backend::cpu {

enum class convolution_algorithm { direct, winograd_2x2, winograd_4x4 };

/// Whether Winograd's algorithm can compute it.
inline bool suits_winograd(correlation const& c) { return c.kernel == 3 && c.stride == 1 && c.spread == 1; }

/// The fastest algorithm for a pass over `c`, from its shape and the batch alone. With few channels the transforms cost more
/// than the products they save.
inline convolution_algorithm choose(correlation const& c, int) {
    if (!suits_winograd(c) || c.in.channels < 12 || c.out.channels < 12) return convolution_algorithm::direct;
    auto const products = [&](int outputs) {
        return (c.out.height + outputs - 1) / outputs * ((c.out.width + outputs - 1) / outputs) * (outputs + 2) * (outputs + 2);
    };
    return products(4) <= products(2) ? convolution_algorithm::winograd_4x4 : convolution_algorithm::winograd_2x2;
}

} // namespace mcfa::backend::cpu
