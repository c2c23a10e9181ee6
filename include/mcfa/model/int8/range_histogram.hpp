// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// Counts the values of an activation, so that its quantiles can be asked for, without knowing their range before: when a value lies beyond it, the
/// range doubles and neighbours share a bin. A quantile is within a 2000th of the largest magnitude.
class range_histogram {
public:
    /// Counts values; what is not finite is left out.
    void add(std::span<float const> values) {
        float least = least_, most = most_;
        for (float const v : values)
            if (std::isfinite(v)) least = std::min(least, v), most = std::max(most, v);
        least_ = least, most_ = most;
        float const needed = std::max(-least, most);
        if (needed > 0 && reach_ == 0) reach_ = std::exp2(std::ceil(std::log2(needed)));
        while (reach_ < needed) widen();
        float const share = reach_ > 0 ? static_cast<float>(half) / reach_ : 0;
        for (float const v : values)
            if (std::isfinite(v)) ++bins_[bin_of(v * share)];
    }

    /// The range from the quantile 1 - `percentile` / 100 to the quantile `percentile` / 100, of a percentile from 50 to 100: that of all values if 100.
    std::pair<float, float> range(double percentile) const {
        if (percentile >= 100) return {least_, most_};
        double total = 0;
        for (std::uint64_t const n : bins_) total += static_cast<double>(n);
        double const left_out = total * (1 - percentile / 100);
        double below = 0, above = 0;
        std::size_t low = 0, high = 2 * half;
        while (low < high && (below += static_cast<double>(bins_[low])) <= left_out) ++low;
        while (high > low && (above += static_cast<double>(bins_[high - 1])) <= left_out) --high;
        return {std::max(least_, edge(low)), std::min(most_, edge(high))};
    }

private:
    static constexpr std::size_t half = 2048;

    static std::size_t bin_of(float scaled) {
        return static_cast<std::size_t>(
            std::clamp(static_cast<int>(std::floor(scaled)) + static_cast<int>(half), 0, static_cast<int>(2 * half) - 1));
    }
    float edge(std::size_t bin) const { return (static_cast<float>(bin) - static_cast<float>(half)) * (reach_ / static_cast<float>(half)); }

    void widen() {
        std::vector<std::uint64_t> wider(2 * half);
        for (std::size_t i = 0; i < 2 * half; ++i) wider[half / 2 + i / 2] += bins_[i];
        bins_ = std::move(wider);
        reach_ *= 2;
    }

    float reach_ = 0; ///< bins cover -reach .. reach
    float least_ = 0, most_ = 0;
    std::vector<std::uint64_t> bins_ = std::vector<std::uint64_t>(2 * half);
};

} // namespace mcfa
