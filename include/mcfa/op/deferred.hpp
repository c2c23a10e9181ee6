// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

// What a training step computes beside its passes, with results that stay in the backend's memory, so that nobody waits for them. For
// backends with `static constexpr bool defers = true`; sums, losses and weights are double.
namespace mcfa {

/// The losses of a batch, per term. Once a sum is not finite nothing is added any more, so that the totals tell which it was.
///
/// `kernel<step_losses, B>` has
///     add(run, op, rows, values, labelled, means, totals, spoiled)
///         means[k] = sum over n of values[n, k] / labelled[k], not a number where labelled[k] is 0;  totals[k] += that sum where
///         spoiled[0] is 0;  spoiled[0] = 1 where a total is not finite
struct step_losses {
    int terms = 0;
};

/// One step of the rule `weighting::harder_first` for one stage; its formulas stand there. `weight` is (features, attributes).
///
/// `kernel<harder_first_rule, B>` has
///     step(run, op, rows, feature, row_weights, means, places, weight, bias, weights, totals)
///         weights[i] from the unit as it is, then weight and bias learn from the losses means[places[i]]; totals[i] += weights[i];
///         the feature is the sum over n of row_weights[n] * feature[n, f]
struct harder_first_rule {
    int attributes = 0;
    int features = 0;
    double temperature = 1;
    double rate = 0.01;
};

/// The factors of the terms' gradients: base[k], times weights[i] where places[i] = k.
///
/// `kernel<term_factors, B>` has apply(run, op, base, weights, places, factors)
struct term_factors {
    int terms = 0;
    int weighted = 0;
};

/// The norm of the whole gradient, and its scaling down to `most` where that is positive and the norm larger.
///
/// `kernel<gradient_norm, B>` has apply(run, op, count, g, squares, spoiled): squares[0] is the sum of squares before the scaling, and
/// squares[1] grows by it while spoiled[0] is 0; spoiled[0] = 1 where it is not finite
struct gradient_norm {
    double most = 0;
};

} // namespace mcfa
