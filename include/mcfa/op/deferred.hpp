// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

// What a training step computes beside its passes, with results that stay in the backend's memory, so that the host need not wait for
// them: for backends with `static constexpr bool defers = true`. Sums, losses and weights are double. A flag that is not 0 says that a
// number was no longer finite; from then on nothing is added to totals, so that they tell which it was.
namespace mcfa {

/// means[k] = sum over n of values[n, k] / labelled[k], not a number where labelled[k] is 0;  totals[k] += that sum while flag[0] is 0;
/// flag[0] = 1 if a total is not finite.  values (batch, terms), labelled, means, totals (terms), flag (1).
template <class T>
struct step_losses {
    matrix<T const> values;
    row<double const> labelled;
    row<double> means, totals, flag;

    constexpr work describe() const { return {"losses of a step", values, totals}; }
};

/// One step of `weighting::harder_first` for one stage; its formulas stand there. K attributes, F features:
/// weights[i] from the unit as it is, then weight and bias learn from the losses means[terms[i]]; totals[i] += weights[i]. The feature is
/// the sum over n of row_weights[n] * feature[n, f].
/// feature (batch, F), row_weights (batch), means (all terms), terms (K), weight (F, K), bias, weights, totals (K).
template <class T>
struct harder_first_step {
    double temperature = 1;
    double rate = 0.01;
    matrix<T const> feature;
    row<T const> row_weights;
    row<double const> means;
    row<int const> terms;
    matrix<double> weight;
    row<double> bias, weights, totals;

    constexpr work describe() const { return {"weights of attributes", feature, weights}; }
};

/// factors[k] = base[k], times weights[i] where terms[i] = k.  base, factors (all terms), weights, terms (K).
template <class T>
struct term_factors {
    row<T const> base;
    row<double const> weights;
    row<int const> terms;
    row<T> factors;

    constexpr work describe() const { return {"factors of a step", weights, factors}; }
};

/// squares[0] = the gradient's sum of squares, which squares[1] grows by while flag[0] is 0; flag[0] = 1 if it is not finite. Then the
/// gradient is scaled down to the norm `largest`, if that is positive and the norm larger.  gradient (any), squares (2), flag (1).
template <class T>
struct gradient_clip {
    double largest = 0;
    row<T> gradient;
    row<double> squares, flag;

    constexpr work describe() const { return {"norm of the gradient", gradient, squares}; }
};

} // namespace mcfa
