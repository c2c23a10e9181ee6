#pragma once

#include <string>

#include <mcfa/backend/cuda/precision.hpp>

namespace mcfa::backend::gpu {

/// In the place of library_convolution.cuh where cuDNN was not found: every convolution is a product of matrices.
class library_convolution {
public:
    static constexpr bool here = false;
    static std::string version() { return "no cuDNN"; }
};

} // namespace mcfa::backend::gpu
