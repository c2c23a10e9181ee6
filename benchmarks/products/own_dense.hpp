// SPDX-License-Identifier: MIT
#pragma once

#include "dot_kernel.hpp"

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/outer_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Dense products as the library wrote them before Eigen carried them: every pass reads or writes the weights once; work items are blocks of
// weight rows or columns.
namespace benchmarks {

using execution = mcfa::backend::eigen::execution;

template <class T, class S>
void own_forward(execution& run, mcfa::dense_product const& op, int batch, T const* x, S const* weights, T const* bias, T* y) {
    using namespace mcfa::backend::eigen_engine;
    execution::serial_guard const guard(run, static_cast<double>(op.weights()) * batch);
    constexpr std::size_t block = 4 * dot_columns; // output values of one sample fill a cache line, so threads do not share one
    auto const in = static_cast<std::size_t>(op.in);
    auto const out = static_cast<std::size_t>(op.out);
    auto const rows = static_cast<std::size_t>(batch);
    run.launch(static_cast<std::int64_t>((out + block - 1) / block), [&](std::int64_t item) {
        std::size_t j = static_cast<std::size_t>(item) * block;
        std::size_t const end = std::min(out, j + block);
        for (; j + dot_columns <= end; j += dot_columns)
            dot_panel<dot_columns>(rows, in, x, weights + j * in, bias ? bias + j : nullptr, y + j, out);
        for (; j < end; ++j) dot_panel<1>(rows, in, x, weights + j * in, bias ? bias + j : nullptr, y + j, out);
    });
}

template <class T>
void own_input_gradient(execution& run, mcfa::dense_product const& op, int batch, T const* dy, T const* weights, T* dx) {
    using namespace mcfa::backend::eigen_engine;
    execution::serial_guard const guard(run, static_cast<double>(op.weights()) * batch);
    auto const in = static_cast<std::size_t>(op.in);
    auto const out = static_cast<std::size_t>(op.out);
    int const panels = (op.in + tile_columns<T> - 1) / tile_columns<T>;
    auto const own = run.template thread_scratch<T>(thread_own{}, out * static_cast<std::size_t>(tile_columns<T>));
    std::size_t const share = own.size() / static_cast<std::size_t>(run.threads());
    run.launch_on_threads(panels, [&](std::int64_t item, int thread) {
        auto const first = static_cast<std::size_t>(item) * static_cast<std::size_t>(tile_columns<T>);
        auto const columns = std::min(static_cast<std::size_t>(tile_columns<T>), in - first);
        auto const width = static_cast<std::size_t>(whole_vectors<T>(static_cast<int>(columns)));
        T* const panel = own.data() + static_cast<std::size_t>(thread) * share;
        for (std::size_t o = 0; o < out; ++o)
            std::fill(std::copy_n(weights + o * in + first, columns, panel + o * width), panel + (o + 1) * width, T(0));
        multiply(batch, matrix_rows<T>{dy, out}, static_cast<T const*>(panel), static_cast<T const*>(nullptr), no_floor<T>,
                 static_cast<int>(columns), 1, op.out, 0, dx + first, op.in);
    });
}

template <class T>
void own_weight_gradient(execution& run, mcfa::dense_product const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
    using namespace mcfa::backend::eigen_engine;
    execution::serial_guard const guard(run, static_cast<double>(op.weights()) * batch);
    bias_gradient(run, static_cast<std::size_t>(batch), op.out, dy, dbias);
    constexpr int block = 16 * tile_rows; // rows of dweights in a work item
    auto const in = static_cast<std::size_t>(op.in);
    // Inputs that do not fill a vector are copied next to zeros.
    int const last = op.in / lanes<T> * lanes<T>;
    auto const tail = run.template scratch<T>(thread_patches{}, static_cast<std::size_t>(batch * lanes<T>));
    for (int n = 0; n < batch && last < op.in; ++n) {
        auto const to = tail.begin() + n * lanes<T>;
        std::fill(std::copy_n(x + static_cast<std::size_t>(n) * in + last, op.in - last, to), to + lanes<T>, T(0));
    }
    run.launch((op.out + block - 1) / block, [&](std::int64_t item) {
        int const first = static_cast<int>(item) * block;
        int const rows = std::min(block, op.out - first);
        outer_product<T> p{};
        p.a = dy + first;
        p.a_step = op.out;
        p.lines = 1;
        p.steps = batch;
        p.c_stride = op.in;
        T* const c = dweights + static_cast<std::size_t>(first) * in;
        for_each_panel<T>(last, [&](int column, int count, auto vectors) {
            p.b = x + column;
            p.b_step = op.in;
            p.c = c + column;
            p.columns = count;
            outer_panel<decltype(vectors)::value>(rows, p);
        });
        if (last == op.in) return;
        p.b = tail.data();
        p.b_step = lanes<T>;
        p.c = c + last;
        p.columns = op.in - last;
        outer_panel<1>(rows, p);
    });
}

} // namespace benchmarks
