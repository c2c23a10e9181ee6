// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/weighting.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/reduction.hpp>
#include <mcfa/op/deferred.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

// Scratch memory.
struct mean_feature {};
struct unit_products {};
struct logit_gradient {};
struct squared_length {};

struct settle_losses {
    row<double const> labelled;
    row<double> means, totals;
    row<double const> flag;
    constexpr void operator()(int k, double const* sums) const {
        means[k] = sums[0] / labelled[k]; // 0 / 0 is NaN
        if (flag[0] == 0) totals[k] += sums[0];
    }
};

struct flag_totals {
    row<double const> totals;
    row<double> flag;
    constexpr void operator()(std::size_t) const {
        for (double const total : totals)
            if (!arithmetic::is_finite(total)) flag[0] = 1;
    }
};

/// W x as sums over columns.
struct unit_term {
    matrix<double const> weight;
    row<double const> feature;
    constexpr void operator()(std::int64_t f, int k, double* sums) const { sums[0] += weight(f, k) * feature[f]; }
};

/// The serial part of a step of `harder_first`, on one thread: `products` holds W h and becomes the step along x = h / |h| of each row of W.
template <class T>
struct settle_weights {
    harder_first_step<T> p;
    row<double const> squares;
    row<double> products, gradient;
    constexpr void operator()(std::size_t) const {
        double const inverse = arithmetic::inverse_length(squares[0]);
        auto const logits = products;
        for (std::size_t k = 0; k < logits.size(); ++k) logits[k] = (inverse > 0 ? products[k] * inverse : 0.0) + p.bias[k];
        arithmetic::softmax_to_mean_one(logits, p.weights);
        bool const observed = arithmetic::relative_losses([this](std::size_t k) { return p.means[p.terms[k]]; }, gradient);
        arithmetic::harder_first_gradient(logits, gradient, p.temperature, gradient);
        for (std::size_t k = 0; k < logits.size(); ++k) {
            products[k] = observed ? -p.rate * gradient[k] / (1 + (inverse > 0 ? 1.0 : 0.0)) : 0.0;
            p.bias[k] += products[k];
            p.totals[k] += p.weights[k];
        }
    }
};

struct learn_weights {
    row<double const> squares, steps, feature;
    matrix<double> weight;
    constexpr void operator()(std::size_t f, int k) const {
        double const inverse = arithmetic::inverse_length(squares[0]);
        if (inverse > 0) weight(f, k) += steps[k] * feature[f] * inverse;
    }
};

template <class T>
struct settle_factors {
    term_factors<T> p;
    constexpr void operator()(std::size_t term) const {
        T factor = p.base[term];
        for (std::size_t i = 0; i < p.terms.size(); ++i)
            if (p.terms[i] == static_cast<int>(term)) factor *= static_cast<T>(p.weights[i]);
        p.factors[term] = factor;
    }
};

struct settle_norm {
    row<double> squares, flag;
    constexpr void operator()(std::size_t) const {
        if (flag[0] == 0) squares[1] += squares[0];
        if (!arithmetic::is_finite(squares[0])) flag[0] = 1;
    }
};

template <class T>
struct clip_value {
    gradient_clip<T> p;
    constexpr void operator()(std::size_t i) const {
        if (p.squares[0] > p.largest * p.largest) p.gradient[i] *= static_cast<T>(p.largest / std::sqrt(p.squares[0]));
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<step_losses<T>, B> {
    static void run(typename B::execution& run, step_losses<T> const& p) {
        using namespace backend::device;
        int const rows = int(p.values.extent(0)), terms = int(p.values.extent(1));
        sum_columns<1>(run, rows, terms, value_term<T>{terms, p.values.data(), nullptr},
                       settle_losses{p.labelled, p.means, p.totals, p.flag});
        launch_each(run, 1, flag_totals{p.totals, p.flag});
    }
};

template <class T, backend::device_backend B>
struct kernel<harder_first_step<T>, B> {
    static void run(typename B::execution& run, harder_first_step<T> const& p) {
        using namespace backend::device;
        int const rows = int(p.feature.extent(0)), features = int(p.weight.extent(0)), attributes = int(p.weight.extent(1));
        row<double> const mean{run.template scratch<double>(mean_feature{}, p.weight.extent(0))};
        row<double> const products{run.template scratch<double>(unit_products{}, p.weight.extent(1))};
        row<double> const gradient{run.template scratch<double>(logit_gradient{}, p.weight.extent(1))};
        row<double> const squares{run.template scratch<double>(squared_length{}, 1)};
        sum_columns<1>(run, rows, features, value_term<T>{features, p.feature.data(), p.row_weights.data()},
                       store_sum<double>{mean.data()});
        launch_sum_of_squares(run, mean.size(), static_cast<double const*>(mean.data()), squares.data());
        sum_columns<1>(run, features, attributes, unit_term{p.weight, mean}, store_sum<double>{products.data()});
        launch_each(run, 1, settle_weights<T>{p, squares, products, gradient});
        launch_in_samples(run, features, p.weight.extent(1), learn_weights{squares, products, mean, p.weight});
    }
};

template <class T, backend::device_backend B>
struct kernel<term_factors<T>, B> {
    static void run(typename B::execution& run, term_factors<T> const& p) {
        backend::device::launch_each(run, p.factors.size(), backend::device::settle_factors<T>{p});
    }
};

template <class T, backend::device_backend B>
struct kernel<gradient_clip<T>, B> {
    static void run(typename B::execution& run, gradient_clip<T> const& p) {
        using namespace backend::device;
        launch_sum_of_squares(run, p.gradient.size(), static_cast<T const*>(p.gradient.data()), p.squares.data());
        launch_each(run, 1, settle_norm{p.squares, p.flag});
        if (p.largest > 0) launch_each(run, p.gradient.size(), clip_value<T>{p});
    }
};

} // namespace mcfa
