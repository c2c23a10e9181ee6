// SPDX-License-Identifier: MIT
#pragma once

/// `backend::eigen` with arithmetic in 8-bit integers beside that in float and double: for `prepared_model`, `predictor` and `detector` in int8. A header
/// of its own, so that a program that does not compute so does not compile it.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen/int8/conversion.hpp>
#include <mcfa/backend/eigen/int8/unit.hpp>
