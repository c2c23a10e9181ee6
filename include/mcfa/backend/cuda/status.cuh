// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/core/error.hpp>

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <string>

// Every status of the CUDA runtime and of its libraries passes through `check`.
namespace mcfa::backend::cuda_engine {

/// Launch errors are reported at the launch; errors of its threads by a later call, whose work is then named.
inline void check(cudaError_t status, mcfa::work const& work, char const* call) {
    if (status == cudaSuccess) return;
    cudaGetLastError(); // the next call begins anew
    throw device_error("CUDA, " + to_string(work) + ": " + call + " gives " + cudaGetErrorName(status) + " (" + cudaGetErrorString(status) +
                       "); the cause may lie in work submitted before");
}

inline void check(cublasStatus_t status, mcfa::work const& work, char const* call) {
    if (status == CUBLAS_STATUS_SUCCESS) return;
    throw device_error("cuBLASLt, " + to_string(work) + ": " + call + " gives " + cublasLtGetStatusName(status) + " (" +
                       cublasLtGetStatusString(status) + ")");
}

inline std::string megabytes(std::size_t bytes) { return std::to_string((bytes + 500000) / 1000000) + " MB"; }

} // namespace mcfa::backend::cuda_engine
