// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa::test {

/// Values in [-1, 1) that are the same in every run.
template <class T>
std::vector<T> samples(std::size_t count, unsigned seed) {
    std::vector<T> values(count);
    unsigned long long state = seed * 0x9e3779b97f4a7c15ULL + 1;
    for (T& value : values) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        value = static_cast<T>(static_cast<double>(state >> 33) / 1073741824.0 - 1);
    }
    return values;
}

/// |a - b| / |b| in the Euclidean norm.
template <class T, class U>
double relative_difference(std::vector<T> const& a, std::vector<U> const& b) {
    double difference = 0;
    double norm = 1e-300;
    for (std::size_t i = 0; i < a.size(); ++i) {
        double const d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        if (!std::isfinite(d)) return HUGE_VAL;
        difference += d * d;
        norm += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return std::sqrt(difference / norm);
}

} // namespace mcfa::test
