// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/precision.hpp>
#include <mcfa/backend/cuda/status.cuh>
#include <mcfa/op/convolution.hpp>

#include <string>

namespace mcfa::backend::cuda_engine {

/// Replaces library_convolution.cuh if cuDNN was not found: every convolution is a matrix product.
class library_convolution {
public:
    static std::string version() { return "no cuDNN"; }
    std::string choice(convolution const&, int, precision, cudaStream_t, mcfa::work const&) const {
        return "products of matrices by cuBLASLt: this program was built without cuDNN";
    }
};

} // namespace mcfa::backend::cuda_engine
