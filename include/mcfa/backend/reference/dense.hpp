// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference/backend.hpp>
#include <mcfa/op/dense.hpp>

#include <cstddef>

namespace mcfa {

template <class T, class Stored>
struct kernel<dense_forward<T, Stored>, backend::reference> {
    static void run(backend::reference::execution&, dense_forward<T, Stored> const& p) {
        for (std::size_t n = 0; n < p.y.extent(0); ++n)
            for (std::size_t o = 0; o < p.y.extent(1); ++o) {
                double sum = p.bias.empty() ? 0 : static_cast<double>(p.bias[o]);
                for (std::size_t i = 0; i < p.x.extent(1); ++i)
                    sum += static_cast<double>(p.x(n, i)) * static_cast<double>(static_cast<T>(p.weights(o, i)));
                p.y(n, o) = static_cast<T>(sum);
            }
    }
};

template <class T>
struct kernel<dense_input_gradient<T>, backend::reference> {
    static void run(backend::reference::execution&, dense_input_gradient<T> const& p) {
        for (std::size_t n = 0; n < p.dx.extent(0); ++n)
            for (std::size_t i = 0; i < p.dx.extent(1); ++i) {
                double sum = 0;
                for (std::size_t o = 0; o < p.dy.extent(1); ++o)
                    sum += static_cast<double>(p.dy(n, o)) * static_cast<double>(p.weights(o, i));
                p.dx(n, i) = static_cast<T>(sum);
            }
    }
};

template <class T>
struct kernel<dense_weight_gradient<T>, backend::reference> {
    static void run(backend::reference::execution&, dense_weight_gradient<T> const& p) {
        for (std::size_t o = 0; o < p.dweights.extent(0); ++o) {
            for (std::size_t i = 0; i < p.dweights.extent(1); ++i) {
                double sum = 0;
                for (std::size_t n = 0; n < p.x.extent(0); ++n) sum += static_cast<double>(p.dy(n, o)) * static_cast<double>(p.x(n, i));
                p.dweights(o, i) = static_cast<T>(sum);
            }
            if (p.dbias.empty()) continue;
            double sum = 0;
            for (std::size_t n = 0; n < p.dy.extent(0); ++n) sum += static_cast<double>(p.dy(n, o));
            p.dbias[o] = static_cast<T>(sum);
        }
    }
};

} // namespace mcfa
