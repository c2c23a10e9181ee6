// SPDX-License-Identifier: MIT
#pragma once

// Eigen, and the vector intrinsics that it uses. g++ 12 warns of its own AVX-512 intrinsics (GCC bug 105593) where they are inlined.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <Eigen/Core>
#pragma GCC diagnostic pop
#else
#include <Eigen/Core>
#endif
