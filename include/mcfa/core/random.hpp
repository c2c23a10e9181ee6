// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace mcfa {

/// The one number from which initialisation, order, augmentation and dropout follow.
struct seed {
    std::uint64_t value = 0;
};

/// The counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011) needs no state:
/// the n-th number of a stream is a function of (key, n), so streams can be split freely between samples and threads.
/// Here the function is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) applied to key and counter.
constexpr std::uint64_t random_bits(std::uint64_t key, std::uint64_t counter) {
    auto mix = [](std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    };
    return mix(mix(key + 0x9e3779b97f4a7c15ull) + (counter + 1) * 0x9e3779b97f4a7c15ull);
}

/// A new, independent key from a key and a label (an epoch, a sample, a layer).
constexpr std::uint64_t split_key(std::uint64_t key, std::uint64_t label) { return random_bits(key ^ 0xd1b54a32d192ed03ull, label); }

/// Uniform in [0, 1) with 24 bits, exact in float and double alike.
constexpr float random_unit(std::uint64_t key, std::uint64_t counter) {
    return static_cast<float>(random_bits(key, counter) >> 40) * 0x1p-24f;
}

/// A stream of numbers for code that draws one after the other. Its whole state is two integers.
struct random_stream {
    std::uint64_t key = 0;
    std::uint64_t counter = 0;

    constexpr std::uint64_t bits() { return random_bits(key, counter++); }
    /// In [0, 1).
    constexpr double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    /// In [low, high).
    constexpr double uniform(double low, double high) { return low + (high - low) * unit(); }
    /// In 0 .. count - 1; count must be positive.
    constexpr std::uint64_t below(std::uint64_t count) { return bits() % count; }
    constexpr bool chance(double probability) { return unit() < probability; }
    /// Mean 0, variance 1, by Box and Muller (1958).
    double normal() {
        double const radius = std::sqrt(-2 * std::log(1 - unit()));
        return radius * std::cos(2 * std::numbers::pi * unit());
    }
};

} // namespace mcfa
