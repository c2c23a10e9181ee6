// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/weighting.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/reduction.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

// Scratch memory.
struct mean_feature {};
struct unit_products {};
struct squared_length {};

struct settle_losses {
    double const* labelled;
    double* means;
    double* totals;
    double const* spoiled;
    constexpr void operator()(int k, double const* sums) const {
        means[k] = sums[0] / labelled[k]; // 0 / 0 is not a number
        if (spoiled[0] == 0) totals[k] += sums[0];
    }
};

struct note_spoiled {
    int terms;
    double const* totals;
    double* spoiled;
    constexpr void operator()(std::size_t) const {
        for (int k = 0; k < terms; ++k)
            if (!arithmetic::is_finite(totals[k])) spoiled[0] = 1;
    }
};

/// W x as sums over columns.
struct unit_term {
    int attributes;
    double const* weight;
    double const* feature;
    constexpr void operator()(std::int64_t f, int k, double* sums) const { sums[0] += weight[f * attributes + k] * feature[f]; }
};

/// The serial part, on one thread.
struct settle_weights {
    harder_first_rule op;
    double const* squares;
    double const* means;
    int const* places;
    double* products;
    double* bias;
    double* weights;
    double* totals;
    constexpr void operator()(std::size_t) const {
        double const inverse = arithmetic::inverse_length(squares[0]);
        for (int k = 0; k < op.attributes; ++k) products[k] = inverse > 0 ? products[k] * inverse : 0.0;
        auto const loss = [this](int k) { return means[places[k]]; };
        arithmetic::harder_first_step(op, inverse > 0 ? 1.0 : 0.0, loss, products, bias, weights);
        for (int k = 0; k < op.attributes; ++k) totals[k] += weights[k];
    }
};

struct learn_weights {
    harder_first_rule op;
    double const* squares;
    double const* steps;
    double const* feature;
    double* weight;
    constexpr void operator()(std::size_t f, int k) const {
        double const inverse = arithmetic::inverse_length(squares[0]);
        if (inverse > 0)
            weight[f * static_cast<std::size_t>(op.attributes) + static_cast<std::size_t>(k)] += steps[k] * feature[f] * inverse;
    }
};

template <class T>
struct settle_factors {
    term_factors op;
    T const* base;
    double const* weights;
    int const* places;
    T* factors;
    constexpr void operator()(std::size_t term) const {
        T factor = base[term];
        for (int i = 0; i < op.weighted; ++i)
            if (places[i] == static_cast<int>(term)) factor *= static_cast<T>(weights[i]);
        factors[term] = factor;
    }
};

struct settle_norm {
    double* squares;
    double* spoiled;
    constexpr void operator()(std::size_t) const {
        if (spoiled[0] == 0) squares[1] += squares[0];
        if (!arithmetic::is_finite(squares[0])) spoiled[0] = 1;
    }
};

template <class T>
struct clip_value {
    double most;
    double const* squares;
    T* g;
    constexpr void operator()(std::size_t i) const {
        if (squares[0] > most * most) g[i] *= static_cast<T>(most / std::sqrt(squares[0]));
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<step_losses, B> {
    template <class T>
    static void add(typename B::execution& run, step_losses const& op, int rows, T const* values, double const* labelled, double* means,
                    double* totals, double* spoiled) {
        using namespace backend::device;
        run.now({"losses of a step", rows, {op.terms}, {op.terms}});
        sum_columns<1>(run, rows, op.terms, value_term<T>{op.terms, values, nullptr}, settle_losses{labelled, means, totals, spoiled});
        launch_each(run, 1, note_spoiled{op.terms, totals, spoiled});
    }
};

template <backend::device_backend B>
struct kernel<harder_first_rule, B> {
    template <class T>
    static void step(typename B::execution& run, harder_first_rule const& op, int rows, T const* feature, T const* row_weights,
                     double const* means, int const* places, double* weight, double* bias, double* weights, double* totals) {
        using namespace backend::device;
        run.now({"weights of attributes", rows, {op.features}, {op.attributes}});
        auto const mean = run.template scratch<double>(mean_feature{}, static_cast<std::size_t>(op.features));
        auto const products = run.template scratch<double>(unit_products{}, static_cast<std::size_t>(op.attributes));
        auto const squares = run.template scratch<double>(squared_length{}, 1);
        sum_columns<1>(run, rows, op.features, value_term<T>{op.features, feature, row_weights}, store_sum<double>{mean.data()});
        launch_sum_of_squares(run, static_cast<std::size_t>(op.features), static_cast<double const*>(mean.data()), squares.data());
        sum_columns<1>(run, op.features, op.attributes, unit_term{op.attributes, weight, mean.data()}, store_sum<double>{products.data()});
        launch_each(run, 1, settle_weights{op, squares.data(), means, places, products.data(), bias, weights, totals});
        launch_in_samples(run, op.features, static_cast<std::size_t>(op.attributes),
                          learn_weights{op, squares.data(), products.data(), mean.data(), weight});
    }
};

template <backend::device_backend B>
struct kernel<term_factors, B> {
    template <class T>
    static void apply(typename B::execution& run, term_factors const& op, T const* base, double const* weights, int const* places,
                      T* factors) {
        run.now({"factors of a step", 1, {op.weighted}, {op.terms}});
        backend::device::launch_each(run, static_cast<std::size_t>(op.terms),
                                     backend::device::settle_factors<T>{op, base, weights, places, factors});
    }
};

template <backend::device_backend B>
struct kernel<gradient_norm, B> {
    template <class T>
    static void apply(typename B::execution& run, gradient_norm const& op, std::size_t count, T* g, double* squares, double* spoiled) {
        using namespace backend::device;
        run.now({"norm of the gradient", 1, {static_cast<int>(count)}, {1}});
        launch_sum_of_squares(run, count, static_cast<T const*>(g), squares);
        launch_each(run, 1, settle_norm{squares, spoiled});
        if (op.most > 0) launch_each(run, count, clip_value<T>{op.most, squares, g});
    }
};

} // namespace mcfa
