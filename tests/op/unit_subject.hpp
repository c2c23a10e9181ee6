// SPDX-License-Identifier: MIT
#pragma once

#include "tensors.hpp"

#include <mcfa/op/convolution.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mcfa::test {

/// A convolution with its epilogue. Inputs are spaced so that no difference of a gradient check crosses an edge of rectifier or maximum.
struct unit_subject {
    convolution_unit op;
    int batch = 1;
    bool bias = true;
    std::uint64_t draw = 1;

    std::string name() const {
        return std::string("unit of ") + std::to_string(batch) + " x " + to_string(op.product.in) + " to " + to_string(op.out()) +
               ", kernel " + std::to_string(op.product.kernel) + (op.rectified ? ", rectified" : "") + (op.pooled ? ", pooled" : "");
    }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(draw, size(op.product.in))}, {"weights", noise<T>(draw + 1, op.product.weights())}};
        if (bias) in["bias"] = noise<T>(draw + 2, static_cast<std::size_t>(op.product.out_channels));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        argmax.assign(op.pooled ? size(op.out()) : 0, 77);
        tensors<T> out{{"y", poisoned<T>(size(op.out()))}};
        compute(run, unit_forward<T>{.x = batch_of(in.at("x").data(), batch, op.product.in),
                                     .weights = weights_of(op.product, in.at("weights").data()),
                                     .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                     .y = batch_of(out["y"].data(), batch, op.out()),
                                     .argmax = kept(),
                                     .stride = op.product.stride,
                                     .pad = op.product.pad,
                                     .rectified = op.rectified,
                                     .pooled = op.pooled});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(draw + 3, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.product.in))}, {"weights", poisoned<T>(op.product.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.product.out_channels));
        auto const upper = batch_of(dy.data(), batch, op.out()), y = batch_of(out.at("y").data(), batch, op.out());
        compute(run, unit_input_gradient<T>{.dy = upper,
                                            .y = y,
                                            .argmax = kept(),
                                            .weights = weights_of(op.product, in.at("weights").data()),
                                            .dx = batch_of(gradients["x"].data(), batch, op.product.in),
                                            .stride = op.product.stride,
                                            .pad = op.product.pad,
                                            .rectified = op.rectified,
                                            .pooled = op.pooled});
        compute(run, unit_weight_gradient<T>{.x = batch_of(in.at("x").data(), batch, op.product.in),
                                             .dy = upper,
                                             .y = y,
                                             .argmax = kept(),
                                             .dweights = weights_of(op.product, gradients["weights"].data()),
                                             .dbias = dbias,
                                             .stride = op.product.stride,
                                             .pad = op.product.pad,
                                             .rectified = op.rectified,
                                             .pooled = op.pooled});
        return gradients;
    }

    planes<std::uint8_t> kept() const { return op.pooled ? batch_of(argmax.data(), batch, op.out()) : planes<std::uint8_t>{}; }

    mutable std::vector<std::uint8_t> argmax; ///< of the last pass forward
};

/// What follows the sums: rectified, pooled.
inline constexpr std::array unit_ends{std::array{false, false}, std::array{true, false}, std::array{false, true}, std::array{true, true}};

/// 3x3 convolutions that Winograd's algorithm takes and such that it does not, with sizes that tiles and maxima do not divide.
inline std::vector<unit_subject> unit_subjects() {
    std::vector<unit_subject> all;
    std::uint64_t draw = 100;
    for (auto const [rectified, pooled] : unit_ends)
        for (convolution const& op : {convolution{{3, 9, 11}, 5, 3, 1, 1},
                                      {{16, 8, 8}, 16, 3, 1, 1},
                                      {{17, 7, 10}, 13, 3, 1, 1},
                                      {{12, 13, 5}, 24, 3, 1, 1},
                                      {{33, 14, 14}, 16, 3, 1, 1},
                                      {{4, 9, 9}, 6, 5, 2, 2},
                                      {{7, 9, 6}, 5, 1, 1, 0},
                                      {{19, 6, 7}, 20, 1, 1, 0}})
            for (int const batch : {1, 3}) all.push_back({{op, rectified, pooled}, batch, batch == 3, draw += 10, {}});
    for (bool const rectified : {false, true}) all.push_back({{{{6, 7, 7}, 9, 7, 1, 0}, rectified, false}, 2, true, draw += 10, {}});
    return all;
}

} // namespace mcfa::test
