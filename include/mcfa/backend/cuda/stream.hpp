// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/precision.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

// The functions of kernels.cu that host code calls; passes.hpp lists the passes. All throw `device_error` with the operation and the
// status, or `memory_error` if memory is short.
namespace mcfa::backend::cuda_engine {

/// Work in order on the GPU, with scratch memory and library handles; defined in kernels.cu.
struct stream;

/// Throws `device_error` if there is no driver, it is too old, or there is no GPU that this program has code for.
stream* open(precision);
void close(stream*) noexcept;

/// Zeros. The memory is ready when the function returns.
void* allocate(std::size_t bytes);
void release(void*) noexcept;
void copy_between(void* to, void const* from, std::size_t bytes);

void* scratch(stream&, void const* key, std::size_t bytes);
/// The host memory may be reused when the function returns; the transfer itself completes before any work submitted later.
void copy_in(stream&, void* to, void const* from_host, std::size_t bytes);
/// Waits for the values.
void copy_out(stream&, void* to_host, void const* from, std::size_t bytes);
void fill_zero(stream&, void*, std::size_t bytes);
void finish(stream&);

/// Work submitted between `begin` and `end` is recorded as a graph, which `end` runs. `known` is false the first time a key is seen: then
/// submit the work without recording, so that memory is allocated and algorithms are chosen.
bool known(stream&, std::uint64_t key);
void begin_recording(stream&, std::uint64_t key);
void end_recording(stream&, std::uint64_t key);
void abandon_recording(stream&) noexcept;
/// Replays the graph recorded for the key; false if there is none, or scratch memory has moved since.
bool replay(stream&, std::uint64_t key);

/// Submits a listed pass (passes.hpp) and returns without waiting.
template <class Pass>
void submit(stream&, Pass const&);

/// The algorithm of a convolution's forward pass and the reason for it, in a sentence.
std::string convolution_choice(stream&, convolution const&, int batch);
/// The cudaStream_t, for programs with CUDA code of their own.
void* native_handle(stream&);
/// The GPU, its compute capability, the libraries and the precision, in one line.
std::string description(stream&);

} // namespace mcfa::backend::cuda_engine
