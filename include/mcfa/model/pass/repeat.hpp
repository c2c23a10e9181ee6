// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mcfa {

/// Work that is the same every time, to the last address and number. A backend that can record it (`repeated`) does so under the key; others
/// just do it.
template <class Execution, class F>
void repeat(Execution& run, std::uint64_t key, F&& work) {
    if constexpr (requires { run.repeated(key, work); }) run.repeated(key, work);
    else work();
}

} // namespace mcfa
