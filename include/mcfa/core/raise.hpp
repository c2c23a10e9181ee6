// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>

namespace mcfa {

/// Throws an error. In a program that is compiled without exceptions it says the error on standard error and ends the program: that is
/// what a mistake in the program itself comes to there. What may fail through no fault of the program's has functions that return an
/// `expected`.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void raise(Error const& problem) {
#if defined(__cpp_exceptions)
    throw problem;
#else
    std::fprintf(stderr, "%s\n", problem.what());
    std::abort();
#endif
}

/// Does `work`; where it throws an `Exception`, `otherwise(exception)`. Without exceptions it is the work alone.
template <class Exception, class Work, class Otherwise>
void attempt(Work const& work, [[maybe_unused]] Otherwise const& otherwise) {
#if defined(__cpp_exceptions)
    try {
        work();
    } catch (Exception const& problem) {
        otherwise(problem);
    }
#else
    work();
#endif
}

/// Likewise of whatever is thrown: `otherwise()`.
template <class Work, class Otherwise>
void attempt_any(Work const& work, [[maybe_unused]] Otherwise const& otherwise) {
#if defined(__cpp_exceptions)
    try {
        work();
    } catch (...) {
        otherwise();
    }
#else
    work();
#endif
}

} // namespace mcfa
