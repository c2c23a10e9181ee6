// SPDX-License-Identifier: MIT
#pragma once

/// `backend::cuda`: NVIDIA GPUs. Plain C++; the device's code is in backend/cuda/kernels.cu, which the target mcfa::cuda brings along.
#include <mcfa/backend/cuda/backend.hpp>
#include <mcfa/backend/cuda/operations.hpp>
