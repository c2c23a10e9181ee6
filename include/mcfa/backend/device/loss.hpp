// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

constexpr std::size_t in_row(std::size_t n, int width, int first) {
    return n * static_cast<std::size_t>(width) + static_cast<std::size_t>(first);
}

/// One sample.
template <class T>
struct evaluate_sample {
    loss op;
    T const* logits;
    T const* targets;
    T const* mask;
    T* values;
    T* dlogits;
    constexpr void operator()(std::size_t n) const {
        std::size_t const logit = in_row(n, op.logits_width, op.logits_first), term = in_row(n, op.terms_width, op.terms_first);
        arithmetic::evaluate_loss(op, logits + logit, targets + in_row(n, op.targets_width, op.targets_first), mask + term, values + term,
                                  dlogits + logit);
    }
};

/// One logit.
template <class T>
struct weigh_logit {
    loss op;
    T const* factors;
    T* dlogits;
    constexpr void operator()(std::size_t n, int i) const {
        bool const per_logit = op.kind == loss_kind::binary_cross_entropy;
        dlogits[in_row(n, op.logits_width, op.logits_first + i)] *= factors[per_logit ? i : 0];
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<loss, B> {
    template <class T>
    static void evaluate(typename B::execution& run, loss const& op, int batch, T const* logits, T const* targets, T const* mask, T* values,
                         T* dlogits) {
        run.now({"loss", batch, {op.length}, {op.terms}});
        backend::device::launch_each(run, static_cast<std::size_t>(batch),
                                     backend::device::evaluate_sample<T>{op, logits, targets, mask, values, dlogits});
    }
    template <class T>
    static void weigh(typename B::execution& run, loss const& op, int batch, T const* factors, T* dlogits) {
        run.now({"weights of a loss", batch, {op.length}, {op.length}});
        backend::device::launch_in_samples(run, batch, static_cast<std::size_t>(op.length),
                                           backend::device::weigh_logit<T>{op, factors, dlogits});
    }
};

} // namespace mcfa
