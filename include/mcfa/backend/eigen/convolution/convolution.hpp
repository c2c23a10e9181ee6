// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/unit.hpp>
#include <mcfa/op/convolution.hpp>

// A convolution is a unit that neither rectifies nor pools.
namespace mcfa {

template <class T>
struct kernel<convolution_forward<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, convolution_forward<T> const& p) {
        backend::eigen_engine::forward_of(run, {p.geometry()}, p.x, p.weights.data(), p.bias.data(), p.y, nullptr);
    }
};

template <class T>
struct kernel<convolution_input_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, convolution_input_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        input_gradient_of(run, p.geometry(), p.dy.extent(0), plain_source(sample_shape(p.dy), p.dy.data()), p.weights.data(), p.dx.data());
    }
};

template <class T>
struct kernel<convolution_weight_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, convolution_weight_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        weight_gradient_of(run, p.geometry(), p.dy.extent(0), p.x.data(), plain_source(sample_shape(p.dy), p.dy.data()), p.dweights.data(),
                           p.dbias);
    }
};

} // namespace mcfa
