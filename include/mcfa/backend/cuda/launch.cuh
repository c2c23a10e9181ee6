// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/status.cuh>
#include <mcfa/backend/device/launch.hpp>

#include <cstdint>
#include <string>

namespace mcfa::backend::cuda_engine {

template <int Phase, class Program>
__device__ void run_phases(Program const& program, device::place at, typename Program::shared& own) {
    if constexpr (Phase < Program::phases) {
        if constexpr (Phase > 0) __syncthreads();
        program.template run<Phase>(at, own);
        run_phases<Phase + 1>(program, at, own);
    }
}

/// One launch of device/launch.hpp on the GPU.
template <class Program>
__global__ void __launch_bounds__(Program::threads) run_program(Program const program) {
    __shared__ typename Program::shared own;
    run_phases<0>(program, {blockIdx.x, static_cast<int>(blockIdx.y), static_cast<int>(gridDim.y), static_cast<int>(threadIdx.x)}, own);
}

template <class Program>
void launch_on_gpu(Program const& program, cudaStream_t stream, mcfa::work const& work) {
    device::grid const blocks = program.blocks();
    if (blocks.across > INT32_MAX || blocks.down > device::grid::most_down)
        throw device_error("CUDA, " + to_string(work) + ": " + std::to_string(blocks.across) + " x " + std::to_string(blocks.down) +
                           " blocks are more than a launch takes (cudaErrorInvalidConfiguration)");
    run_program<<<dim3(static_cast<unsigned>(blocks.across), static_cast<unsigned>(blocks.down)), Program::threads, 0, stream>>>(program);
    check(cudaGetLastError(), work, "the launch");
}

} // namespace mcfa::backend::cuda_engine
