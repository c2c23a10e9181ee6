// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>

namespace mcfa {

/// What the target of a loss is, and so how many there are for the logits of a task.
enum class target_kind {
    values,      ///< what the logits should be themselves: as many as logits, one term
    labels,      ///< yes or no for each logit, 1 or 0: as many as logits, a term each
    class_index, ///< the class whose logit should be the highest: one, one term
};

/// A loss is a type without data, one function for the value of a term and its gradient:
///
///     struct absolute_error {
///         template <class T>
///         static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz);  // logits, target; writes dloss/dz
///     };
///
/// Optional: `static constexpr target_kind target`, values by default. Masks, weights and the mean over a batch are not its matter. T is
/// float or double; constexpr makes it code for the host and for a device alike.
template <class L>
concept loss_function = requires(row<float const> z, row<double const> y, row<float> dz, row<double> dy) {
    { L::evaluate(z, z, dz) } -> std::same_as<float>;
    { L::evaluate(y, y, dy) } -> std::same_as<double>;
};

/// What a loss may leave out, with the defaults.
template <class L>
struct loss_traits {
    static constexpr target_kind target = [] {
        if constexpr (requires { L::target; }) return L::target;
        else return target_kind::values;
    }();
};

/// -log softmax(z)[y], y the class's index.  Gradient softmax(z) - onehot(y).
struct softmax_cross_entropy {
    static constexpr target_kind target = target_kind::class_index;

    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T highest = z[0];
        for (T const value : z) highest = value > highest ? value : highest;
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            dz[i] = std::exp(z[i] - highest);
            sum += dz[i];
        }
        auto const index = static_cast<std::size_t>(y[0]);
        for (std::size_t i = 0; i < z.size(); ++i) dz[i] = dz[i] / sum - (i == index ? T(1) : T(0));
        return std::log(sum) + highest - z[index];
    }
};

/// |z - y|^2, the Euclidean loss.  Gradient 2 (z - y).
struct squared_error {
    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            T const difference = z[i] - y[i];
            sum += difference * difference;
            dz[i] = 2 * difference;
        }
        return sum;
    }
};

/// -y log s - (1 - y) log(1 - s) with s = sigmoid(z) and y in [0, 1], in the form max(z, 0) - z y + log(1 + exp(-|z|)) that never
/// overflows, summed over the logits of a term.  Gradient s - y.
struct binary_cross_entropy {
    static constexpr target_kind target = target_kind::labels;

    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            T const small = std::exp(z[i] < 0 ? z[i] : -z[i]);
            T const sigmoid = (z[i] < 0 ? small : T(1)) / (1 + small);
            dz[i] = sigmoid - y[i];
            sum += (z[i] < 0 ? T(0) : z[i]) - z[i] * y[i] + std::log1p(small);
        }
        return sum;
    }
};

/// Where a task stands in rows that all tasks share. A term has `length / terms` logits and `targets / terms` values of the target.
struct loss_columns {
    int length = 0, first_logit = 0;
    int targets = 0, first_target = 0;
    int terms = 1, first_term = 0;
};

/// Rows of a batch, all tasks side by side: values[n, t] = mask[n, t] * loss of term t, and dlogits its gradient. Columns of this task alone
/// are written. logits, dlogits (batch, logits of all tasks), targets (batch, targets), mask and values (batch, terms).
template <class T>
struct loss_arguments {
    loss_columns at;
    matrix<T const> logits, targets, mask;
    matrix<T> values, dlogits;
};

/// The loss L of one task.
template <class T, class L>
struct loss_evaluate : loss_arguments<T> {
    constexpr work describe() const { return {"loss", this->logits, this->values}; }
};

/// The gradient of term t times factors[t]: factors (terms of the task), dlogits (batch, logits of all tasks).
template <class T>
struct loss_weigh {
    loss_columns at;
    row<T const> factors;
    matrix<T> dlogits;

    constexpr work describe() const { return {"weights of a loss", factors, dlogits}; }
};

} // namespace mcfa
