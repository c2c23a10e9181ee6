// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace mcfa::test {

/// The arrays that an operation reads or writes, by the names its declaration gives them.
template <class T>
using tensors = std::map<std::string, std::vector<T>>;

/// Uniform in [low, high) and exact in float, so that float and double see the same numbers; 24 bits make ties unlikely.
template <class T>
std::vector<T> noise(std::uint64_t key, std::size_t count, double low = -1, double high = 1) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<T>(static_cast<float>(low + (high - low) * static_cast<double>(random_unit(key, i))));
    return values;
}

/// What an operation must overwrite.
template <class T>
std::vector<T> poisoned(std::size_t count) {
    return std::vector<T>(count, std::numeric_limits<T>::quiet_NaN());
}

} // namespace mcfa::test
