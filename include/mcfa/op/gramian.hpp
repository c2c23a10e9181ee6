// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// Inner products of the gradients that the logits of a linear layer z = W h + b send back to h. Logit a's gradient at the features of a
/// batch is the outer product of column a of D, the losses' derivatives by z, and row a of W; so that
///
///     gramian[a, b] = (sum over f of W[a, f] W[b, f]) * (sum over n of D[n, a] D[n, b]),   that is (W W') o (D' D),
///
/// costs two small products and no backward pass. It is symmetric, positive semidefinite, and has squared norms on its diagonal.
/// weights (L, F), dlogits (batch, all logits), of which columns first_logit .. first_logit + L - 1 are meant; gramian (L, L) on the host.
template <class T>
struct head_gramian {
    matrix<T const> weights;
    matrix<T const> dlogits;
    int first_logit = 0;
    matrix<double> gramian;

    constexpr work describe() const { return {"inner products of gradients", weights, gramian}; }
};

} // namespace mcfa
