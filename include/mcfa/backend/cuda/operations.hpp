// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/backend.hpp>
#include <mcfa/backend/cuda/passes.hpp>

namespace mcfa {

/// Forwards every listed pass to kernels.cu as a value.
template <backend::cuda_engine::listed Pass, class P>
struct kernel<Pass, backend::cuda_in<P>> {
    template <class Run>
    static void run(Run& run, Pass const& pass) {
        backend::cuda_engine::submit(run.stream(), pass);
    }
};

template <class T, class Stored, class P>
struct kernel<unit_preparation<T, Stored>, backend::cuda_in<P>> {
    static prepared_layout layout(convolution_unit const& op, weights_form, int) { return {0, op.product.weights()}; }

    template <class Run>
    static void run(Run& run, unit_preparation<T, Stored> const& pass) {
        backend::cuda_engine::submit(run.stream(), pass);
    }
};

} // namespace mcfa
