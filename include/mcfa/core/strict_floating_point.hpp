// SPDX-License-Identifier: MIT
#pragma once

// Every check for NaN and infinity is void under these options: training would diverge unseen, and files with NaN would load.
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) || defined(_M_FP_FAST)
#error "mcfa: compile without -ffast-math and -ffinite-math-only: they remove the library's checks for NaN and infinity"
#endif
