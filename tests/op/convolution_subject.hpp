// SPDX-License-Identifier: MIT
#pragma once

#include "tensors.hpp"

#include <mcfa/op/convolution.hpp>

#include <string>

namespace mcfa::test {

struct convolution_subject {
    convolution op;
    int batch = 1;
    bool bias = true;

    std::string name() const {
        return "convolution of " + std::to_string(batch) + " x " + to_string(op.in) + " to " + to_string(op.out()) + ", kernel " +
               std::to_string(op.kernel) + ", stride " + std::to_string(op.stride) + ", pad " + std::to_string(op.pad) +
               (bias ? "" : ", no bias");
    }
    double products() const { return static_cast<double>(op.weights()) * batch * op.out().pixels(); }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(1, size(op.in))}, {"weights", noise<T>(2, op.weights())}};
        if (bias) in["bias"] = noise<T>(3, static_cast<std::size_t>(op.out_channels));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size(op.out()))}};
        compute(run, convolution_forward<T>{.x = batch_of(in.at("x").data(), batch, op.in),
                                            .weights = weights_of(op, in.at("weights").data()),
                                            .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                            .y = batch_of(out["y"].data(), batch, op.out()),
                                            .stride = op.stride,
                                            .pad = op.pad});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.in))}, {"weights", poisoned<T>(op.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.out_channels));
        auto const upper = batch_of(dy.data(), batch, op.out());
        compute(run, convolution_input_gradient<T>{.dy = upper,
                                                   .weights = weights_of(op, in.at("weights").data()),
                                                   .dx = batch_of(gradients["x"].data(), batch, op.in),
                                                   .stride = op.stride,
                                                   .pad = op.pad});
        compute(run, convolution_weight_gradient<T>{.x = batch_of(in.at("x").data(), batch, op.in),
                                                    .dy = upper,
                                                    .dweights = weights_of(op, gradients["weights"].data()),
                                                    .dbias = dbias,
                                                    .stride = op.stride,
                                                    .pad = op.pad});
        return gradients;
    }
};

} // namespace mcfa::test
