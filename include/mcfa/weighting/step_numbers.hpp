// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace mcfa::weighting {

/// Random numbers that are new in every step of a stage, and the same until `advance` ends the step.
class step_numbers {
public:
    step_numbers() = default;
    explicit step_numbers(setting const& given)
        : key_{static_cast<double>(given.key >> 32), static_cast<double>(given.key & 0xffffffffu)},
          step_(given, [](auto const&) { return 1; }, 0) {}

    random_stream stream(int stage) {
        auto const key = static_cast<std::uint64_t>(key_[0]) << 32 | static_cast<std::uint64_t>(key_[1]);
        auto const step = static_cast<std::uint64_t>(step_.at(stage, 1)[0]);
        return random_stream{split_key(split_key(key, static_cast<std::uint64_t>(stage)), step)};
    }
    void advance(int stage) { step_.at(stage, 1)[0] += 1; }
    template <class F>
    void visit(F&& f) {
        f(std::string_view{"key"}, key_);
        step_.visit("step", f);
    }

private:
    std::vector<double> key_; ///< the high and the low 32 bits, so that a double holds each exactly
    per_stage step_;          ///< steps taken, one value a stage
};

} // namespace mcfa::weighting
