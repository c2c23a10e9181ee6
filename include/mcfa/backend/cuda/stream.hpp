// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/precision.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

// What the host's code calls of kernels.cu; the passes are listed in passes.hpp. All functions throw `device_error` naming what was being
// computed and the status, or `memory_error` where memory does not suffice.
namespace mcfa::backend::cuda_engine {

/// Work in order on the GPU, with scratch memory and the libraries' handles; defined in kernels.cu alone.
struct stream;

/// Throws `device_error` where there is no driver, a driver too old, no GPU, or no code for it in this program.
stream* open(precision);
void close(stream*) noexcept;

/// Zeros. The memory is ready when the function returns.
void* allocate(std::size_t bytes);
void release(void*) noexcept;
void copy_between(void* to, void const* from, std::size_t bytes);

void* scratch(stream&, void const* key, std::size_t bytes);
/// The host's memory is free again when the function returns; the transfer is not done then, but comes before what is asked for next.
void copy_in(stream&, void* to, void const* from_host, std::size_t bytes);
/// Waits for the values.
void copy_out(stream&, void* to_host, void const* from, std::size_t bytes);
void fill_zero(stream&, void*, std::size_t bytes);
void finish(stream&);

/// A graph is recorded by asking for the work between `begin` and `end`, and run by `end`. `known` is false the first time a key is seen:
/// then the work is asked for without a recording, so that memory and algorithms are settled.
bool known(stream&, std::uint64_t key);
void begin_recording(stream&, std::uint64_t key);
void end_recording(stream&, std::uint64_t key);
void abandon_recording(stream&) noexcept;
/// Runs the graph recorded for the key as it is; false where there is none, or scratch memory has moved since.
bool replay(stream&, std::uint64_t key);

/// Computes a listed pass (passes.hpp): asks for the work and returns.
template <class Pass>
void submit(stream&, Pass const&);

/// Which algorithm a convolution's forward pass takes and why, in a sentence.
std::string convolution_choice(stream&, convolution const&, int batch);
/// The cudaStream_t, for a program that goes on with CUDA of its own.
void* native_handle(stream&);
/// The GPU, its compute capability, the libraries and the precision, in a line.
std::string description(stream&);

} // namespace mcfa::backend::cuda_engine
