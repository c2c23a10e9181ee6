// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Whether this process may use AMX tiles for bfloat16 and bytes: the processor has them, and Linux permits them. The first call asks Linux, for all
/// threads and for children of the process; if it refuses, or is older than 5.16 and does not know the question, nothing changes.
inline bool tiles_permitted() {
#if defined(__x86_64__) && defined(__linux__)
    static bool const permitted = [] {
        constexpr unsigned amx_bf16 = 1u << 22, amx_tile = 1u << 24, amx_int8 = 1u << 25, all = amx_bf16 | amx_tile | amx_int8;
        unsigned a = 0, b = 0, c = 0, d = 0;
        if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & all) != all) return false;
        constexpr long request = 0x1023, tile_data = 18; // ARCH_REQ_XCOMP_PERM and the state's number, which older headers lack
        return syscall(SYS_arch_prctl, request, tile_data) == 0;
    }();
    return permitted;
#else
    return false;
#endif
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
