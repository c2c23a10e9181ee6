// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>

#include <cstddef>

namespace mcfa {

template <backend::host_backend B>
struct kernel<loss, B> {
    template <class T>
    static void evaluate(typename B::execution& run, loss const& op, int batch, T const* logits, T const* targets, T const* mask, T* values,
                         T* dlogits) {
        backend::launch_rows(run, static_cast<std::size_t>(batch), row_cost(op), [=](std::size_t first, std::size_t last) {
            for (std::size_t n = first; n < last; ++n)
                arithmetic::evaluate_loss(op, logits + logit_offset(op, n), targets + offset(n, op.targets_width, op.targets_first),
                                          mask + offset(n, op.terms_width, op.terms_first),
                                          values + offset(n, op.terms_width, op.terms_first), dlogits + logit_offset(op, n));
        });
    }

    template <class T>
    static void weigh(typename B::execution& run, loss const& op, int batch, T const* factors, T* dlogits) {
        bool const per_logit = op.kind == loss_kind::binary_cross_entropy;
        backend::launch_rows(run, static_cast<std::size_t>(batch), row_cost(op), [=](std::size_t first, std::size_t last) {
            for (std::size_t n = first; n < last; ++n) {
                T* const row = dlogits + logit_offset(op, n);
                for (int i = 0; i < op.length; ++i) row[i] *= factors[per_logit ? i : 0];
            }
        });
    }

private:
    /// A logit costs about as much as this many plain values.
    static std::size_t row_cost(loss const& op) { return 32 * static_cast<std::size_t>(op.length); }
    static std::size_t offset(std::size_t n, int width, int first) {
        return n * static_cast<std::size_t>(width) + static_cast<std::size_t>(first);
    }
    static std::size_t logit_offset(loss const& op, std::size_t n) { return offset(n, op.logits_width, op.logits_first); }
};

} // namespace mcfa
