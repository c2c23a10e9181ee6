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
        kernel<convolution, B>::forward(run, op, batch, in.at("x").data(), in.at("weights").data(),
                                        in.count("bias") ? in.at("bias").data() : static_cast<T const*>(nullptr), out["y"].data());
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.in))}, {"weights", poisoned<T>(op.weights())}};
        T* dbias = nullptr;
        if (in.count("bias")) dbias = (gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.out_channels))).data();
        kernel<convolution, B>::backward_input(run, op, batch, dy.data(), in.at("weights").data(), gradients["x"].data());
        kernel<convolution, B>::backward_weights(run, op, batch, in.at("x").data(), dy.data(), gradients["weights"].data(), dbias);
        return gradients;
    }
};

} // namespace mcfa::test
