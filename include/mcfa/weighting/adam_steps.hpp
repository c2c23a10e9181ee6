// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/per_stage.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mcfa::weighting {

/// Adam (Kingma and Ba, ICLR 2015) for the few numbers that a rule learns, one an attribute and stage:
///
///     g += decay x,  m = .9 m + .1 g,  v = .999 v + .001 g^2,  x -= rate (m / (1 - .9^t)) / (sqrt(v / (1 - .999^t)) + 1e-8)
///
/// with t counted for each number, so that one which stands still while its attribute has no label goes on as it stopped.
class adam_steps {
public:
    adam_steps() = default;
    explicit adam_steps(setting const& given)
        : first_(given, attributes_of, 0), second_(given, attributes_of, 0), taken_(given, attributes_of, 0) {}

    /// Moves x[at[i]] by gradient[i]; x has one number an attribute.
    void move(int stage, std::span<double> x, std::vector<std::size_t> const& at, std::span<double const> gradient, double rate,
              double decay = 0) {
        auto const first = first_.at(stage, x.size()), second = second_.at(stage, x.size()), taken = taken_.at(stage, x.size());
        for (std::size_t i = 0; i < at.size(); ++i) {
            std::size_t const k = at[i];
            double const g = gradient[i] + decay * x[k];
            first[k] = 0.9 * first[k] + 0.1 * g;
            second[k] = 0.999 * second[k] + 0.001 * g * g;
            taken[k] += 1;
            double const mean = first[k] / (1 - std::pow(0.9, taken[k])), square = second[k] / (1 - std::pow(0.999, taken[k]));
            x[k] -= rate * mean / (std::sqrt(square) + 1e-8);
        }
    }
    template <class F>
    void visit(F&& f) {
        first_.visit("adam_first", f);
        second_.visit("adam_second", f);
        taken_.visit("adam_steps", f);
    }

private:
    per_stage first_, second_, taken_;
};

} // namespace mcfa::weighting
