// SPDX-License-Identifier: MIT
#pragma once

/// `backend::eigen` with arithmetic in bfloat16 beside that in float and double: for `prepared_model`, `predictor` and `detector` in bfloat16. A header of its own,
/// so that a program that does not compute so does not compile it.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen/bfloat16/conversion.hpp>
#include <mcfa/backend/eigen/bfloat16/dense.hpp>
#include <mcfa/backend/eigen/bfloat16/pooling.hpp>
#include <mcfa/backend/eigen/bfloat16/unit.hpp>
