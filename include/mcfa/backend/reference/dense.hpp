// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference/backend.hpp>
#include <mcfa/op/dense.hpp>

#include <cstddef>

namespace mcfa {

template <>
struct kernel<dense_product, backend::reference> {
    using execution = backend::reference::execution;

    template <class T, class S>
    static void forward(execution&, dense_product const& op, int batch, T const* x, S const* weights, T const* bias, T* y) {
        for (int n = 0; n < batch; ++n)
            for (int o = 0; o < op.out; ++o) {
                double sum = bias ? static_cast<double>(bias[o]) : 0;
                for (int i = 0; i < op.in; ++i) sum += product(x[at(n, op.in, i)], static_cast<T>(weights[at(o, op.in, i)]));
                y[at(n, op.out, o)] = static_cast<T>(sum);
            }
    }

    template <class T, class S>
    static void prepare(execution&, dense_product const& op, T const* weights, S* prepared) {
        for (std::size_t i = 0; i < op.weights(); ++i) prepared[i] = S(weights[i]);
    }

    template <class T>
    static void backward_input(execution&, dense_product const& op, int batch, T const* dy, T const* weights, T* dx) {
        for (int n = 0; n < batch; ++n)
            for (int i = 0; i < op.in; ++i) {
                double sum = 0;
                for (int o = 0; o < op.out; ++o) sum += product(dy[at(n, op.out, o)], weights[at(o, op.in, i)]);
                dx[at(n, op.in, i)] = static_cast<T>(sum);
            }
    }

    template <class T>
    static void backward_weights(execution&, dense_product const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
        for (int o = 0; o < op.out; ++o) {
            for (int i = 0; i < op.in; ++i) {
                double sum = 0;
                for (int n = 0; n < batch; ++n) sum += product(dy[at(n, op.out, o)], x[at(n, op.in, i)]);
                dweights[at(o, op.in, i)] = static_cast<T>(sum);
            }
            if (!dbias) continue;
            double sum = 0;
            for (int n = 0; n < batch; ++n) sum += static_cast<double>(dy[at(n, op.out, o)]);
            dbias[o] = static_cast<T>(sum);
        }
    }

private:
    template <class T>
    static double product(T a, T b) {
        return static_cast<double>(a) * static_cast<double>(b);
    }
    static std::size_t at(int row, int width, int column) {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
    }
};

} // namespace mcfa
