// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

// Eigen's decompositions. g++ 12 warns of its own AVX-512 intrinsics (GCC bug 105593) where they are inlined.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#pragma GCC diagnostic pop
#else
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#endif

namespace mcfa::weighting {

using square_matrix = Eigen::MatrixXd;
using column = Eigen::VectorXd;

/// Equal weights of sum 1.
inline column equal_weights(Eigen::Index count) { return column::Constant(count, 1 / static_cast<double>(count)); }

} // namespace mcfa::weighting
