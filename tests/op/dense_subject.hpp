// SPDX-License-Identifier: MIT
#pragma once

#include "tensors.hpp"

#include <mcfa/op/dense.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace mcfa::test {

struct dense_subject {
    dense_product op;
    int batch = 1;
    bool bias = true;

    std::string name() const {
        return "dense of " + std::to_string(batch) + " x " + std::to_string(op.in) + " to " + std::to_string(op.out) +
               (bias ? "" : ", no bias");
    }
    std::size_t rows(int width) const { return static_cast<std::size_t>(batch) * static_cast<std::size_t>(width); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(1, rows(op.in))}, {"weights", noise<T>(2, op.weights())}};
        if (bias) in["bias"] = noise<T>(3, static_cast<std::size_t>(op.out));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(rows(op.out))}};
        compute(run, dense_forward<T>{.x = {in.at("x").data(), batch, op.in},
                                      .weights = {in.at("weights").data(), op.out, op.in},
                                      .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                      .y = {out["y"].data(), batch, op.out}});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, rows(op.out));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(rows(op.in))}, {"weights", poisoned<T>(op.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.out));
        matrix<T const> const upper{dy.data(), batch, op.out};
        compute(run, dense_input_gradient<T>{
                         .dy = upper, .weights = {in.at("weights").data(), op.out, op.in}, .dx = {gradients["x"].data(), batch, op.in}});
        compute(run, dense_weight_gradient<T>{.x = {in.at("x").data(), batch, op.in},
                                              .dy = upper,
                                              .dweights = {gradients["weights"].data(), op.out, op.in},
                                              .dbias = dbias});
        return gradients;
    }
};

} // namespace mcfa::test
