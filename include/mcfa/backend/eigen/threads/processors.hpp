// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <thread>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Processors available to this process, at least 1: those in its affinity mask if the system has one.
inline int available_processors() {
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return std::max(CPU_COUNT(&allowed), 1);
#endif
    return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
