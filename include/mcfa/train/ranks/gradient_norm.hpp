// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/squares.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/train/ranks/gradient_buckets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa {

/// The norm of a gradient whose parts lie on several ranks: squares are added up by units, then units in their order, so that it does not matter
/// which rank has which.
class gradient_norm {
public:
    explicit gradient_norm(std::size_t gradients) : units_((gradients + gradient_unit - 1) / gradient_unit) {}

    void clear() { std::ranges::fill(units_, 0.0); }
    /// Gradients from `first` on, which begins a unit.
    template <class T>
    void add(std::size_t first, std::span<T const> values) {
        for (std::size_t i = 0; i < values.size(); i += gradient_unit)
            units_[(first + i) / gradient_unit] = arithmetic::squares(values.data() + i, std::min(gradient_unit, values.size() - i));
    }
    /// Where each rank has added its own part: takes those of the others.
    template <comm::communicator C>
    void share(C& ranks) {
        comm::sum(ranks, std::span(units_)); // of each unit all but one are 0
    }
    double value() const {
        double sum = 0;
        for (double const unit : units_) sum += unit;
        return std::sqrt(sum);
    }

private:
    std::vector<double> units_;
};

} // namespace mcfa
