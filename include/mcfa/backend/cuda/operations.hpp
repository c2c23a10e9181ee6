// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/backend.hpp>
#include <mcfa/backend/cuda/calls.hpp>
#include <mcfa/backend/cuda/passes.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

// kernel<Op, cuda_in<P>>: every function hands its arguments to the function of the same name in calls.hpp.
namespace mcfa {

/// Every listed pass crosses to kernels.cu as the value that it is.
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

namespace backend::cuda_engine {

struct forward_and_backward {
    template <class Run, class... Arguments>
    static void forward(Run& run, Arguments&&... arguments) {
        cuda_engine::forward(run.stream(), arguments...);
    }
    template <class Run, class... Arguments>
    static void backward(Run& run, Arguments&&... arguments) {
        cuda_engine::backward(run.stream(), arguments...);
    }
};

struct apply_alone {
    template <class Run, class... Arguments>
    static void apply(Run& run, Arguments&&... arguments) {
        cuda_engine::apply(run.stream(), arguments...);
    }
};

} // namespace backend::cuda_engine

template <class P>
struct kernel<rectifier, backend::cuda_in<P>> : backend::cuda_engine::forward_and_backward {};
template <class P>
struct kernel<parametric_rectifier, backend::cuda_in<P>> : backend::cuda_engine::forward_and_backward {};
template <class P>
struct kernel<pooling, backend::cuda_in<P>> : backend::cuda_engine::forward_and_backward {};
template <class P>
struct kernel<to_planes, backend::cuda_in<P>> : backend::cuda_engine::forward_and_backward {};
template <class P>
struct kernel<dropout_mask, backend::cuda_in<P>> : backend::cuda_engine::apply_alone {};
template <class P>
struct kernel<sgd_update, backend::cuda_in<P>> : backend::cuda_engine::apply_alone {};
template <class P>
struct kernel<adam_update, backend::cuda_in<P>> : backend::cuda_engine::apply_alone {};

template <class P>
struct kernel<batch_normalisation, backend::cuda_in<P>> {
    template <class Run, class... Arguments>
    static void forward_training(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::forward_training(run.stream(), arguments...);
    }
    template <class Run, class... Arguments>
    static void forward_inference(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::forward_inference(run.stream(), arguments...);
    }
    template <class Run, class... Arguments>
    static void backward(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::backward(run.stream(), arguments...);
    }
};

template <class P>
struct kernel<loss, backend::cuda_in<P>> {
    template <class Run, class... Arguments>
    static void evaluate(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::evaluate(run.stream(), arguments...);
    }
    template <class Run, class... Arguments>
    static void weigh(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::weigh(run.stream(), arguments...);
    }
};

template <class P>
struct kernel<columns, backend::cuda_in<P>> {
    template <class Run, class... Arguments>
    static void copy(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::copy(run.stream(), arguments...);
    }
    template <class Run, class... Arguments>
    static void add(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::add(run.stream(), arguments...);
    }
};

template <class P>
struct kernel<reduction, backend::cuda_in<P>> {
    template <class Run, class T>
    static double sum_of_squares(Run& run, std::size_t count, T const* x) {
        return backend::cuda_engine::sum_of_squares(run.stream(), count, x);
    }
    template <class Run, class... Arguments>
    static void weighted_column_sums(Run& run, Arguments&&... arguments) {
        backend::cuda_engine::weighted_column_sums(run.stream(), arguments...);
    }
};

} // namespace mcfa
