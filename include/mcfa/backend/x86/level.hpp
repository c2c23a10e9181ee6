// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mcfa::backend {

/// What kernels may use of an x86-64 processor: one compiled copy of `backend::eigen` each, in the target mcfa::x86.
///
/// | level       | instructions                                        |
/// |-------------|-----------------------------------------------------|
/// | baseline    | SSE2, which every x86-64 processor has              |
/// | avx2        | AVX2, FMA, F16C                                     |
/// | avx512      | those and AVX-512 F, BW, CD, DQ, VL                 |
/// | avx512_bf16 | those and AVX-512 BF16 and VNNI                     |
/// | amx         | those and AMX for bfloat16 and bytes                |
enum class x86_level { baseline, avx2, avx512, avx512_bf16, amx };

inline constexpr x86_level x86_levels[] = {x86_level::baseline, x86_level::avx2, x86_level::avx512, x86_level::avx512_bf16, x86_level::amx};

/// "baseline", "avx2", ...
constexpr std::string_view name_of(x86_level level) {
    constexpr std::string_view names[] = {"baseline", "avx2", "avx512", "avx512_bf16", "amx"};
    return names[static_cast<std::size_t>(level)];
}

} // namespace mcfa::backend
