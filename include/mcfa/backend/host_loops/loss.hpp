// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>

#include <cstddef>

namespace mcfa {

namespace backend {

/// A logit costs about as much as this many plain values.
inline constexpr std::size_t loss_cost = 32;

/// The loop over samples exists once for all losses.
template <class Execution, class T>
void evaluate_samples(Execution& run, loss_arguments<T> const& p, void (*evaluate)(loss_arguments<T> const&, std::size_t)) {
    launch_rows(run, p.logits.extent(0), loss_cost * p.at.length, [&](std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last; ++n) evaluate(p, n);
    });
}

} // namespace backend

template <class T, class L, backend::host_backend B>
struct kernel<loss_evaluate<T, L>, B> {
    static void run(typename B::execution& run, loss_evaluate<T, L> const& p) {
        backend::evaluate_samples<typename B::execution, T>(run, p, &arithmetic::evaluate_sample<L, T>);
    }
};

template <class T, backend::host_backend B>
struct kernel<loss_weigh<T>, B> {
    static void run(typename B::execution& run, loss_weigh<T> const& p) {
        std::size_t const cost = backend::loss_cost * p.at.length;
        backend::launch_rows(run, p.dlogits.extent(0), cost, [&](std::size_t first, std::size_t last) {
            for (std::size_t n = first; n < last; ++n)
                for (int i = 0; i < p.at.length; ++i) arithmetic::weigh_logit(p, n, i);
        });
    }
};

} // namespace mcfa
