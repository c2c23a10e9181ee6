// SPDX-License-Identifier: MIT
// The one source of mcfa::cuda that nvcc compiles: everything that backend/cuda/stream.hpp and calls.hpp declare.
#include <mcfa/backend/cuda/calls.hpp>
#include <mcfa/backend/cuda/execution.cuh>
#include <mcfa/backend/cuda/passes.hpp>
#include <mcfa/backend/device/operations.hpp>

namespace mcfa::backend::cuda_engine {

stream* open(precision p) { return new stream(p); }
void close(stream* s) noexcept { delete s; }

void* allocate(std::size_t bytes) {
    mcfa::work const work{"an array of zeros"};
    void* const memory = take(bytes, work);
    check(cudaMemset(memory, 0, bytes), work, "cudaMemset");
    check(cudaStreamSynchronize(nullptr), work, "cudaStreamSynchronize");
    return memory;
}
void release(void* memory) noexcept {
    if (memory) cudaFree(memory);
}
void copy_between(void* to, void const* from, std::size_t bytes) {
    mcfa::work const work{"a copy of an array"};
    check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToDevice), work, "cudaMemcpy");
    check(cudaStreamSynchronize(nullptr), work, "cudaStreamSynchronize");
}

void* scratch(stream& s, void const* key, std::size_t bytes) { return s.scratch_bytes(key, bytes); }
void copy_in(stream& s, void* to, void const* from_host, std::size_t bytes) { s.copy_bytes_in(to, from_host, bytes); }
void copy_out(stream& s, void* to_host, void const* from, std::size_t bytes) { s.copy_bytes_out(to_host, from, bytes); }
void fill_zero(stream& s, void* values, std::size_t bytes) { s.fill_zero(values, bytes); }
void finish(stream& s) { s.finish(); }

bool known(stream& s, std::uint64_t key) { return s.recorded().known(key); }
void begin_recording(stream& s, std::uint64_t) { s.begin_recording(); }
void end_recording(stream& s, std::uint64_t key) { s.end_recording(key); }
void abandon_recording(stream& s) noexcept { s.abandon_recording(); }
bool replay(stream& s, std::uint64_t key) { return s.replay(key); }

std::string convolution_choice(stream& s, convolution const& op, int batch) { return s.convolution_choice(op, batch); }
void* native_handle(stream& s) { return s.native_handle(); }
std::string description(stream& s) { return s.description(); }

template <class T>
void forward(stream& s, rectifier const& op, int batch, T const* x, T* y) {
    kernel<rectifier, on_gpu>::forward(s, op, batch, x, y);
}

template <class T>
void backward(stream& s, rectifier const& op, int batch, T const* y, T const* dy, T* dx) {
    kernel<rectifier, on_gpu>::backward(s, op, batch, y, dy, dx);
}

template <class T>
void forward(stream& s, parametric_rectifier const& op, int batch, T const* x, T const* slope, T* y) {
    kernel<parametric_rectifier, on_gpu>::forward(s, op, batch, x, slope, y);
}

template <class T>
void backward(stream& s, parametric_rectifier const& op, int batch, T const* x, T const* dy, T const* slope, T* dx, T* dslope) {
    kernel<parametric_rectifier, on_gpu>::backward(s, op, batch, x, dy, slope, dx, dslope);
}

template <class T>
void apply(stream& s, dropout_mask const& op, int batch, std::uint64_t key, T const* x, T* y) {
    kernel<dropout_mask, on_gpu>::apply(s, op, batch, key, x, y);
}

template <class T>
void forward_training(stream& s, batch_normalisation const& op, int batch, T const* x, T const* gamma, T const* beta, T* running_mean,
                      T* running_variance, T* saved, T* y) {
    kernel<batch_normalisation, on_gpu>::forward_training(s, op, batch, x, gamma, beta, running_mean, running_variance, saved, y);
}

template <class T>
void forward_inference(stream& s, batch_normalisation const& op, int batch, T const* x, T const* gamma, T const* beta,
                       T const* running_mean, T const* running_variance, T* y) {
    kernel<batch_normalisation, on_gpu>::forward_inference(s, op, batch, x, gamma, beta, running_mean, running_variance, y);
}

template <class T>
void backward(stream& s, batch_normalisation const& op, int batch, T const* x, T const* dy, T const* gamma, T const* saved, T* dx,
              T* dgamma, T* dbeta) {
    kernel<batch_normalisation, on_gpu>::backward(s, op, batch, x, dy, gamma, saved, dx, dgamma, dbeta);
}

template <class T>
void evaluate(stream& s, loss const& op, int batch, T const* logits, T const* targets, T const* mask, T* values, T* dlogits) {
    kernel<loss, on_gpu>::evaluate(s, op, batch, logits, targets, mask, values, dlogits);
}

template <class T>
void weigh(stream& s, loss const& op, int batch, T const* factors, T* dlogits) {
    kernel<loss, on_gpu>::weigh(s, op, batch, factors, dlogits);
}

template <class T>
void forward(stream& s, pooling const& op, int batch, T const* x, T* y) {
    kernel<pooling, on_gpu>::forward(s, op, batch, x, y);
}

template <class T>
void backward(stream& s, pooling const& op, int batch, T const* x, T const* dy, T* dx) {
    kernel<pooling, on_gpu>::backward(s, op, batch, x, dy, dx);
}

template <class T>
void forward(stream& s, to_planes const& op, int batch, T const* x, T* y) {
    kernel<to_planes, on_gpu>::forward(s, op, batch, x, y);
}

template <class T>
void backward(stream& s, to_planes const& op, int batch, T const* dy, T* dx) {
    kernel<to_planes, on_gpu>::backward(s, op, batch, dy, dx);
}

template <class T>
void copy(stream& s, columns const& op, int rows, T const* from, T* to) {
    kernel<columns, on_gpu>::copy(s, op, rows, from, to);
}

template <class T>
void add(stream& s, columns const& op, int rows, T const* from, T* to) {
    kernel<columns, on_gpu>::add(s, op, rows, from, to);
}

template <class T>
double sum_of_squares(stream& s, std::size_t count, T const* x) {
    return kernel<reduction, on_gpu>::sum_of_squares(s, count, x);
}

template <class T>
void weighted_column_sums(stream& s, int rows, int width, T const* x, T const* row_weights, double* sums) {
    kernel<reduction, on_gpu>::weighted_column_sums(s, rows, width, x, row_weights, sums);
}

template <class T>
void apply(stream& s, sgd_update const& op, std::size_t count, T* p, T const* g, T* v) {
    kernel<sgd_update, on_gpu>::apply(s, op, count, p, g, v);
}

template <class T>
void apply(stream& s, adam_update const& op, std::size_t count, T* p, T const* g, T* m, T* v) {
    kernel<adam_update, on_gpu>::apply(s, op, count, p, g, m, v);
}

template void forward(stream&, rectifier const&, int, float const*, float*);
template void forward(stream&, rectifier const&, int, double const*, double*);
template void backward(stream&, rectifier const&, int, float const*, float const*, float*);
template void backward(stream&, rectifier const&, int, double const*, double const*, double*);
template void forward(stream&, parametric_rectifier const&, int, float const*, float const*, float*);
template void forward(stream&, parametric_rectifier const&, int, double const*, double const*, double*);
template void backward(stream&, parametric_rectifier const&, int, float const*, float const*, float const*, float*, float*);
template void backward(stream&, parametric_rectifier const&, int, double const*, double const*, double const*, double*, double*);
template void apply(stream&, dropout_mask const&, int, std::uint64_t, float const*, float*);
template void apply(stream&, dropout_mask const&, int, std::uint64_t, double const*, double*);
template void forward_training(stream&, batch_normalisation const&, int, float const*, float const*, float const*, float*, float*, float*,
                               float*);
template void forward_training(stream&, batch_normalisation const&, int, double const*, double const*, double const*, double*, double*,
                               double*, double*);
template void forward_inference(stream&, batch_normalisation const&, int, float const*, float const*, float const*, float const*,
                                float const*, float*);
template void forward_inference(stream&, batch_normalisation const&, int, double const*, double const*, double const*, double const*,
                                double const*, double*);
template void backward(stream&, batch_normalisation const&, int, float const*, float const*, float const*, float const*, float*, float*,
                       float*);
template void backward(stream&, batch_normalisation const&, int, double const*, double const*, double const*, double const*, double*,
                       double*, double*);
template void evaluate(stream&, loss const&, int, float const*, float const*, float const*, float*, float*);
template void evaluate(stream&, loss const&, int, double const*, double const*, double const*, double*, double*);
template void weigh(stream&, loss const&, int, float const*, float*);
template void weigh(stream&, loss const&, int, double const*, double*);
template void forward(stream&, pooling const&, int, float const*, float*);
template void forward(stream&, pooling const&, int, double const*, double*);
template void backward(stream&, pooling const&, int, float const*, float const*, float*);
template void backward(stream&, pooling const&, int, double const*, double const*, double*);
template void forward(stream&, to_planes const&, int, float const*, float*);
template void forward(stream&, to_planes const&, int, double const*, double*);
template void backward(stream&, to_planes const&, int, float const*, float*);
template void backward(stream&, to_planes const&, int, double const*, double*);
template void copy(stream&, columns const&, int, float const*, float*);
template void copy(stream&, columns const&, int, double const*, double*);
template void add(stream&, columns const&, int, float const*, float*);
template void add(stream&, columns const&, int, double const*, double*);
template double sum_of_squares(stream&, std::size_t, float const*);
template double sum_of_squares(stream&, std::size_t, double const*);
template void weighted_column_sums(stream&, int, int, float const*, float const*, double*);
template void weighted_column_sums(stream&, int, int, double const*, double const*, double*);
template void apply(stream&, sgd_update const&, std::size_t, float*, float const*, float*);
template void apply(stream&, sgd_update const&, std::size_t, double*, double const*, double*);
template void apply(stream&, adam_update const&, std::size_t, float*, float const*, float*, float*);
template void apply(stream&, adam_update const&, std::size_t, double*, double const*, double*, double*);

template <class Pass>
void submit(stream& s, Pass const& pass) {
    compute(s, pass);
}

/// Instantiates `submit` for a list of passes by taking its addresses.
template <class... Passes>
void* const* submitters(pass_list<Passes...>) {
    static void* const all[] = {reinterpret_cast<void*>(&submit<Passes>)...};
    return all;
}
void* const* const submitted[] = {submitters(passes_of<float>{}), submitters(passes_of<double>{}), submitters(narrow_passes{})};

} // namespace mcfa::backend::cuda_engine
