// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace mcfa::detect {

/// The "1 euro" filter for places that tremble (Casiez, Roussel, Vogel, CHI 2012): a low pass of the first order whose cutoff rises with the speed, so that
/// what rests is still and what moves is not late. Time is counted in frames.
struct one_euro_options {
    float cutoff = 0.05f;      ///< of what rests, cycles a frame, above 0: a smaller one trembles less
    float speed = 20;          ///< what the cutoff gains by a speed of one unit a frame, 0 or more: a larger one is less late
    float speed_cutoff = 0.1f; ///< of the speed's own low pass, cycles a frame, above 0
};

/// One filter for `Count` numbers that move together. The cutoff follows the fastest of them.
template <std::size_t Count>
class one_euro {
public:
    /// Filters `values` in place; the first call takes them as they are. Speeds are divided by `unit`, above 0.
    void operator()(std::span<float, Count> values, float unit, one_euro_options const& o) {
        if (!begun_) {
            std::ranges::copy(values, smooth_.begin());
            raw_ = smooth_;
            begun_ = true;
            return;
        }
        float const share_of_speed = share(o.speed_cutoff);
        float fastest = 0;
        for (std::size_t i = 0; i < Count; ++i) {
            speed_[i] += share_of_speed * ((values[i] - raw_[i]) / unit - speed_[i]);
            raw_[i] = values[i];
            fastest = std::max(fastest, std::abs(speed_[i]));
        }
        float const taken = share(o.cutoff + o.speed * fastest);
        for (std::size_t i = 0; i < Count; ++i) values[i] = smooth_[i] += taken * (values[i] - smooth_[i]);
    }

private:
    /// How much of a new value is taken: 1 / (1 + 1 / (2 pi cutoff)).
    static float share(float cutoff) {
        float const turns = 2 * std::numbers::pi_v<float> * cutoff;
        return turns / (1 + turns);
    }

    bool begun_ = false;
    std::array<float, Count> smooth_{}, raw_{}, speed_{};
};

} // namespace mcfa::detect
