// SPDX-License-Identifier: MIT
#pragma once

// Two libraries that were compiled for different processors may meet in one program, and of functions of one name a linker keeps one. What
// depends on the width of a vector or on products of bfloat16 or of 8 bits, packed weights above all, must not be mixed: the backend and all of `eigen_engine` stand in an inline
// namespace that the width names, so that their names differ, and with them the names of everything that is made of them. It is a macro because
// a namespace gets its name in no other way. `tests/package/two_widths` links such a pair.
//
// vector_bytes: of one vector register of the processor this file is compiled for.
#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AMX_INT8__) && defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#define MCFA_VECTORS vectors_of_64_bytes_with_bfloat16_vnni_and_tiles
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 64;
}
#elif defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#define MCFA_VECTORS vectors_of_64_bytes_with_bfloat16_and_vnni
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 64;
}
#elif defined(__AVX512BF16__)
#define MCFA_VECTORS vectors_of_64_bytes_with_bfloat16
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 64;
}
#elif defined(__AVX512F__) && defined(__AVX512VNNI__)
#define MCFA_VECTORS vectors_of_64_bytes_with_vnni
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 64;
}
#elif defined(__AVX512F__)
#define MCFA_VECTORS vectors_of_64_bytes
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 64;
}
#elif defined(__AVXVNNI__)
#define MCFA_VECTORS vectors_of_32_bytes_with_vnni
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 32;
}
#elif defined(__AVX2__) || defined(__AVX__)
#define MCFA_VECTORS vectors_of_32_bytes
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 32;
}
#else
#define MCFA_VECTORS vectors_of_16_bytes
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {
inline constexpr int vector_bytes = 16;
}
#endif
