// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/gramian.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

struct gramian_entries {}; // scratch memory

/// One entry.
template <class T>
struct compute_entry {
    head_gramian<T> pass;
    double* to;
    constexpr void operator()(std::size_t i) const {
        std::size_t const logits = pass.weights.extent(0);
        to[i] = arithmetic::gramian_entry(pass, i / logits, i % logits);
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<head_gramian<T>, B> {
    static void run(typename B::execution& run, head_gramian<T> const& p) {
        using namespace backend::device;
        std::size_t const count = p.gramian.size();
        auto const entries = run.template scratch<double>(gramian_entries{}, count);
        launch_each(run, count, compute_entry<T>{p, entries.data()});
        run.copy_out(p.gramian.data(), static_cast<double const*>(entries.data()), count);
    }
};

} // namespace mcfa
