#pragma once

#include <cstddef>
#include <cstdint>

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/dense.hpp>
#include <mcfa/backend/eigen/weight_packing.hpp>
#include <mcfa/op/convolution.hpp>

namespace mcfa::backend::cpu {

/// Whether the window is the whole input, so that the convolution is a dense product of the input in the order of the weights:
/// (channel, y, x) in place of (y, x, channel).
inline bool covers_input(convolution const& op) {
    return op.pad == 0 && op.kernel == op.in.height && op.kernel == op.in.width && op.in.pixels() > 1;
}

inline dense_product as_dense(convolution const& op) { return {static_cast<int>(op.in.size()), op.out_channels}; }

/// Every sample of `from`, (rows, columns), to `to` as (columns, rows).
template <class T>
void transpose_samples(eigen::execution& run, int batch, int rows, int columns, T const* from, T* to) {
    auto const size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    run.launch(batch, [&](std::int64_t n) {
        T const* const source = from + static_cast<std::size_t>(n) * size;
        T* const target = to + static_cast<std::size_t>(n) * size;
        for (int c = 0; c < columns; ++c)
            for (int r = 0; r < rows; ++r) target[c * rows + r] = source[r * columns + c];
    });
}

template <class T>
void forward_whole(eigen::execution& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
    auto const turned = run.template scratch<T>(rearranged_too_slot, static_cast<std::size_t>(batch) * op.in.size());
    transpose_samples(run, batch, op.in.pixels(), op.in.channels, x, turned.data());
    mcfa::kernel<dense_product, eigen>::forward(run, as_dense(op), batch, static_cast<T const*>(turned.data()), weights, bias, y);
}

template <class T>
void backward_input_whole(eigen::execution& run, convolution const& op, int batch, T const* dy, T const* weights, T* dx) {
    auto const turned = run.template scratch<T>(rearranged_too_slot, static_cast<std::size_t>(batch) * op.in.size());
    mcfa::kernel<dense_product, eigen>::backward_input(run, as_dense(op), batch, dy, weights, turned.data());
    transpose_samples(run, batch, op.in.channels, op.in.pixels(), static_cast<T const*>(turned.data()), dx);
}

template <class T>
void backward_weights_whole(eigen::execution& run, convolution const& op, int batch, T const* x, T const* dy, T* dweights, T* dbias) {
    auto const turned = run.template scratch<T>(rearranged_too_slot, static_cast<std::size_t>(batch) * op.in.size());
    transpose_samples(run, batch, op.in.pixels(), op.in.channels, x, turned.data());
    mcfa::kernel<dense_product, eigen>::backward_weights(run, as_dense(op), batch, static_cast<T const*>(turned.data()), dy, dweights, dbias);
}

} // namespace mcfa::backend::cpu
