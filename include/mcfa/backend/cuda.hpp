// SPDX-License-Identifier: MIT
#pragma once

/// `backend::cuda`: NVIDIA GPUs. This header is plain C++; the device code is backend/cuda/kernels.cu, compiled by the target mcfa::cuda.
#include <mcfa/backend/cuda/backend.hpp>
#include <mcfa/backend/cuda/operations.hpp>
