// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>

namespace mcfa::detect {

/// The time that a photo may take, measured from when it is made. Without a bound it does not look at the clock.
class time_budget {
public:
    using clock = std::chrono::steady_clock::time_point (*)();

    time_budget(double milliseconds, clock now)
        : milliseconds_(milliseconds), now_(now), begin_(bounded() ? now() : std::chrono::steady_clock::time_point{}) {}

    /// Share of the budget that is spent, 1 when all is; 0 without a bound.
    double spent() const {
        if (!bounded()) return 0;
        return std::chrono::duration<double, std::milli>(now_() - begin_).count() / milliseconds_;
    }

    /// A function that tells batches to go on until a share of the budget is spent. It notes in `over` when it stops them.
    auto until(double share, bool& over) const {
        return [this, share, &over](std::size_t) {
            bool const enough = spent() > share;
            over = over || enough;
            return !enough;
        };
    }

private:
    bool bounded() const { return milliseconds_ < std::numeric_limits<double>::infinity(); }

    double milliseconds_;
    clock now_;
    std::chrono::steady_clock::time_point begin_;
};

} // namespace mcfa::detect
