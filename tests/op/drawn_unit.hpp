// SPDX-License-Identifier: MIT
#pragma once

#include "tensors.hpp"

#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace mcfa::test {

/// A unit of convolution in inference, with weights and bias drawn in float: what subjects in narrow arithmetics share.
struct drawn_unit {
    convolution_unit op;
    int batch = 1;
    bool biased = true;

    std::string name(std::string const& arithmetic) const {
        return arithmetic + ", unit of " + std::to_string(batch) + " x " + to_string(op.product.in) + " to " + to_string(op.out()) +
               ", kernel " + std::to_string(op.product.kernel) + ", stride " + std::to_string(op.product.stride) +
               (op.rectified ? ", rectified" : "") + (op.pooled ? ", pooled" : "");
    }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }
    std::vector<float> weights() const { return noise<float>(12, op.product.weights()); }
    std::vector<float> bias() const {
        return biased ? noise<float>(13, static_cast<std::size_t>(op.product.out_channels)) : std::vector<float>();
    }
};

/// Every kind of window, planes of odd sides, and channels that fill vectors, and the groups in which bytes and halves are multiplied, and such that do
/// not; `more` of a caller's own.
inline std::vector<convolution_unit> drawn_units(std::vector<convolution> more) {
    more.insert(more.end(), {{{3, 9, 11}, 5, 3, 1, 1},
                             {{16, 8, 8}, 16, 3, 1, 1},
                             {{17, 7, 10}, 13, 3, 1, 1},
                             {{12, 13, 5}, 24, 3, 1, 1},
                             {{32, 15, 14}, 40, 3, 1, 0},
                             {{4, 9, 9}, 6, 5, 2, 2},
                             {{6, 8, 9}, 33, 3, 2, 1},
                             {{7, 9, 6}, 5, 1, 1, 0}});
    std::vector<convolution_unit> all;
    for (bool const rectified : {false, true})
        for (bool const pooled : {false, true})
            for (convolution const& op : more) all.push_back({op, rectified, pooled});
    return all;
}

} // namespace mcfa::test
