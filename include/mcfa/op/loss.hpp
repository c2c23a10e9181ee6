// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

enum class loss_kind {
    softmax_cross_entropy, ///< -log softmax(logits)[class]; one target, the class index; one term
    squared_error,         ///< |logits - target|^2, the Euclidean loss; as many targets as logits; one term
    binary_cross_entropy,  ///< -y log s - (1 - y) log(1 - s), s = sigmoid(logit), y in [0, 1]; one term per logit
};

/// The loss of one task on a batch. Rows of logits, targets and masks belong to larger matrices, hence the widths and first columns.
///
/// `kernel<loss, B>` has
///     evaluate(run, op, batch, logits, targets, mask, values, dlogits)
///         values[n, t] = mask[n, t] * loss of term t, and dlogits its gradient (columns of this task alone are written)
///     weigh(run, op, batch, factors, dlogits)
///         multiplies the gradient of term t by factors[t]
/// `values` and `mask` have the same layout.
struct loss {
    loss_kind kind = loss_kind::squared_error;
    int length = 0; ///< logits
    int targets = 0;
    int terms = 1;
    int logits_width = 0;
    int logits_first = 0;
    int targets_width = 0;
    int targets_first = 0;
    int terms_width = 0;
    int terms_first = 0;
};

} // namespace mcfa
