// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda.hpp>

namespace mcfa::test {

/// `cuda_in<Precision>` whose operations are done when they return, as the laws of tests/op take for granted.
template <class Precision>
struct settled : backend::cuda_in<Precision> {
    struct execution : backend::cuda_in<Precision>::execution {
        using backend_type = settled;
        using backend::cuda_in<Precision>::execution::execution;
    };
};

} // namespace mcfa::test

template <class Op, class Precision>
struct mcfa::kernel<Op, mcfa::test::settled<Precision>> {
    using on = kernel<Op, backend::cuda_in<Precision>>;

    template <class Run>
    static void run(Run& run, Op const& pass) {
        on::run(run, pass);
        run.finish();
    }
    template <class... A>
    static prepared_layout layout(A const&... a) {
        return on::layout(a...);
    }
};
