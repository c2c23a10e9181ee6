// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/loss.hpp>

#include <cstddef>

namespace mcfa::arithmetic {

/// Sample n of a batch under the loss L. If the mask is 0, the target is not read, and value and gradient are 0.
template <class L, class T>
constexpr void evaluate_sample(loss_arguments<T> const& p, std::size_t n) {
    int const logits = p.at.length / p.at.terms, targets = p.at.targets / p.at.terms;
    for (int t = 0; t < p.at.terms; ++t) {
        T const mask = p.mask(n, p.at.first_term + t);
        T& value = p.values(n, p.at.first_term + t);
        row<T> const dz = p.dlogits[n].part(p.at.first_logit + t * logits, logits);
        value = 0;
        if (mask != T(0))
            value = mask * L::evaluate(p.logits[n].part(p.at.first_logit + t * logits, logits),
                                       p.targets[n].part(p.at.first_target + t * targets, targets), dz);
        for (T& d : dz) d = mask != T(0) ? mask * d : T(0);
    }
}

/// The weighted gradient of logit i of the task in sample n.
template <class T>
constexpr void weigh_logit(loss_weigh<T> const& p, std::size_t n, int i) {
    p.dlogits(n, p.at.first_logit + i) *= p.factors[i / (p.at.length / p.at.terms)];
}

} // namespace mcfa::arithmetic
