// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/stream.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/activation.hpp>
#include <mcfa/op/batch_normalisation.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/loss.hpp>
#include <mcfa/op/pooling.hpp>
#include <mcfa/op/rearrange.hpp>
#include <mcfa/op/reduction.hpp>
#include <mcfa/op/update.hpp>

#include <cstddef>
#include <cstdint>

// The operations as kernels.cu has them, for T float and double: the contracts stand at `op/*.hpp`.
namespace mcfa::backend::cuda_engine {

template <class T>
void forward(stream&, rectifier const&, int batch, T const* x, T* y);
template <class T>
void backward(stream&, rectifier const&, int batch, T const* y, T const* dy, T* dx);

template <class T>
void forward(stream&, parametric_rectifier const&, int batch, T const* x, T const* slope, T* y);
template <class T>
void backward(stream&, parametric_rectifier const&, int batch, T const* x, T const* dy, T const* slope, T* dx, T* dslope);

template <class T>
void apply(stream&, dropout_mask const&, int batch, std::uint64_t key, T const* x, T* y);

template <class T>
void forward_training(stream&, batch_normalisation const&, int batch, T const* x, T const* gamma, T const* beta, T* running_mean,
                      T* running_variance, T* saved, T* y);
template <class T>
void forward_inference(stream&, batch_normalisation const&, int batch, T const* x, T const* gamma, T const* beta, T const* running_mean,
                       T const* running_variance, T* y);
template <class T>
void backward(stream&, batch_normalisation const&, int batch, T const* x, T const* dy, T const* gamma, T const* saved, T* dx, T* dgamma,
              T* dbeta);

template <class T>
void evaluate(stream&, loss const&, int batch, T const* logits, T const* targets, T const* mask, T* values, T* dlogits);
template <class T>
void weigh(stream&, loss const&, int batch, T const* factors, T* dlogits);

template <class T>
void forward(stream&, pooling const&, int batch, T const* x, T* y);
template <class T>
void backward(stream&, pooling const&, int batch, T const* x, T const* dy, T* dx);

template <class T>
void forward(stream&, to_planes const&, int batch, T const* x, T* y);
template <class T>
void backward(stream&, to_planes const&, int batch, T const* dy, T* dx);

template <class T>
void copy(stream&, columns const&, int rows, T const* from, T* to);
template <class T>
void add(stream&, columns const&, int rows, T const* from, T* to);

template <class T>
double sum_of_squares(stream&, std::size_t count, T const* x);
template <class T>
void weighted_column_sums(stream&, int rows, int width, T const* x, T const* row_weights, double* sums);

template <class T>
void apply(stream&, sgd_update const&, std::size_t count, T* p, T const* g, T* v);
template <class T>
void apply(stream&, adam_update const&, std::size_t count, T* p, T const* g, T* m, T* v);

} // namespace mcfa::backend::cuda_engine
