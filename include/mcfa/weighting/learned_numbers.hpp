// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/per_stage.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mcfa::weighting {

/// Numbers x that a rule learns, one an attribute and stage, by Adam (Kingma and Ba, ICLR 2015):
///
///     g += decay x,  m = .9 m + .1 g,  v = .999 v + .001 g^2,  x -= rate (m / (1 - .9^t)) / (sqrt(v / (1 - .999^t)) + 1e-8)
///
/// with t counted for each number, so that one which stands still while its attribute has no label goes on as it stopped.
class learned_numbers {
public:
    learned_numbers() = default;
    /// All begin as `value`.
    learned_numbers(setting const& given, double value)
        : x_(given, attributes_of, value),
          first_(given, attributes_of, 0),
          second_(given, attributes_of, 0),
          taken_(given, attributes_of, 0) {}

    std::span<double const> at(int stage, std::size_t attributes) { return x_.at(stage, attributes); }

    /// Moves x[which[i]] by gradient[i]. `attributes` is how many the stage has.
    void move(int stage, std::size_t attributes, std::vector<std::size_t> const& which, std::span<double const> gradient, double rate,
              double decay = 0) {
        auto const x = x_.at(stage, attributes), first = first_.at(stage, attributes), second = second_.at(stage, attributes),
                   taken = taken_.at(stage, attributes);
        for (std::size_t i = 0; i < which.size(); ++i) {
            std::size_t const k = which[i];
            double const g = gradient[i] + decay * x[k];
            first[k] = 0.9 * first[k] + 0.1 * g;
            second[k] = 0.999 * second[k] + 0.001 * g * g;
            taken[k] += 1;
            double const mean = first[k] / (1 - std::pow(0.9, taken[k])), square = second[k] / (1 - std::pow(0.999, taken[k]));
            x[k] -= rate * mean / (std::sqrt(square) + 1e-8);
        }
    }
    /// Calls f for x, under the name, and for what Adam remembers.
    template <class F>
    void visit(std::string const& name, F&& f) {
        x_.visit(name, f);
        first_.visit("adam_first", f);
        second_.visit("adam_second", f);
        taken_.visit("adam_steps", f);
    }

private:
    per_stage x_, first_, second_, taken_;
};

} // namespace mcfa::weighting
