// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace mcfa::detect {

/// The "1 euro" filter for places that tremble (Casiez, Roussel, Vogel, CHI 2012): a low pass of the first order whose cutoff rises with the speed, so that
/// what rests is still and what moves is not late. Time is counted in frames.
struct one_euro_options {
    float cutoff = 0.05f;      ///< of what rests, cycles a frame, above 0: a smaller one trembles less
    float speed = 20;          ///< what the cutoff gains by a speed of one unit a frame, 0 or more: a larger one is less late
    float speed_cutoff = 0.1f; ///< of the speed's own low pass, cycles a frame, above 0
};

/// One filter for numbers that move together. The cutoff follows the fastest of them.
class one_euro {
public:
    /// Filters `values` in place; the first call, or one with another count, takes them as they are. Speeds are divided by `unit`, above 0.
    void operator()(std::span<float> values, float unit, one_euro_options const& o) {
        if (smooth_.size() != values.size()) {
            smooth_.assign(values.begin(), values.end());
            raw_ = smooth_;
            speed_.assign(values.size(), 0.0f);
            return;
        }
        float const share_of_speed = share(o.speed_cutoff);
        float fastest = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            speed_[i] += share_of_speed * ((values[i] - raw_[i]) / unit - speed_[i]);
            raw_[i] = values[i];
            fastest = std::max(fastest, std::abs(speed_[i]));
        }
        float const taken = share(o.cutoff + o.speed * fastest);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = smooth_[i] += taken * (values[i] - smooth_[i]);
    }

private:
    /// How much of a new value is taken: 1 / (1 + 1 / (2 pi cutoff)).
    static float share(float cutoff) {
        float const turns = 2 * std::numbers::pi_v<float> * cutoff;
        return turns / (1 + turns);
    }

    std::vector<float> smooth_, raw_, speed_;
};

} // namespace mcfa::detect
