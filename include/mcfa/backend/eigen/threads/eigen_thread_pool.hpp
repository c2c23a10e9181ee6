// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/eigen_core.hpp> // first: it silences a warning of g++ 12 about what the pool includes

/// Eigen's thread pool: a module of its own in newer versions, among the unsupported ones in 3.4.
#if __has_include(<Eigen/ThreadPool>)
#include <Eigen/ThreadPool>
#else
#include <unsupported/Eigen/CXX11/ThreadPool>
#endif
