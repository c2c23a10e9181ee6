// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

/// One sample.
template <class T, class L>
struct evaluate_sample {
    loss_arguments<T> pass;
    constexpr void operator()(std::size_t n) const { arithmetic::evaluate_sample<L>(pass, n); }
};

/// One logit.
template <class T>
struct weigh_logit {
    loss_weigh<T> pass;
    constexpr void operator()(std::size_t n, int i) const { arithmetic::weigh_logit(pass, n, i); }
};

} // namespace backend::device

template <class T, class L, backend::device_backend B>
struct kernel<loss_evaluate<T, L>, B> {
    static void run(typename B::execution& run, loss_evaluate<T, L> const& p) {
        backend::device::launch_each(run, p.logits.extent(0), backend::device::evaluate_sample<T, L>{p});
    }
};

template <class T, backend::device_backend B>
struct kernel<loss_weigh<T>, B> {
    static void run(typename B::execution& run, loss_weigh<T> const& p) {
        backend::device::launch_in_samples(run, static_cast<int>(p.dlogits.extent(0)), static_cast<std::size_t>(p.at.length),
                                           backend::device::weigh_logit<T>{p});
    }
};

} // namespace mcfa
