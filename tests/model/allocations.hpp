// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace mcfa::test {

/// How often the program has taken memory from the heap; link allocations.cpp.
extern std::atomic<long> allocations;

} // namespace mcfa::test
