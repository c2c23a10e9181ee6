// SPDX-License-Identifier: MIT
// The one source of mcfa::cuda that nvcc compiles: what backend/cuda/stream.hpp declares and passes.hpp lists.
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
void* const* const submitted = submitters(all_passes{});

} // namespace mcfa::backend::cuda_engine
