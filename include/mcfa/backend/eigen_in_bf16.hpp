// SPDX-License-Identifier: MIT
#pragma once

/// `backend::eigen_in<bf16>`: `backend::eigen` with products in bfloat16, for training. A header of its own, so that a program that does not
/// train so does not compile it.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen/bfloat16/training/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/training/convolution.hpp>
#include <mcfa/backend/eigen/bfloat16/training/dense.hpp>
