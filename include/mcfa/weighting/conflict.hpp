// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace mcfa::weighting {

/// How attributes' gradients at a stage's feature stand to each other, over some steps. Pairs of which one has no gradient in a step, as
/// without a label, do not count in it.
struct conflict {
    double share = std::numeric_limits<double>::quiet_NaN();         ///< of pairs with a negative cosine; NaN if nothing was measured
    double lowest_cosine = std::numeric_limits<double>::quiet_NaN(); ///< the lowest mean over steps that a pair has
    std::size_t first = 0, second = 0;                               ///< that pair, positions among the weighted attributes
};

/// Adds up the cosines of the Gramians of an epoch's steps.
class conflict_meter {
public:
    void add(matrix<double const> gramian) {
        std::size_t const count = gramian.extent(0);
        if (sums_.empty()) attributes_ = count, sums_.resize(count * count), steps_.resize(count * count);
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t l = 0; l < k; ++l) {
                double const cosine = gramian(k, l) / (std::sqrt(gramian(k, k)) * std::sqrt(gramian(l, l)));
                if (!std::isfinite(cosine)) continue;
                sums_[k * count + l] += cosine;
                steps_[k * count + l] += 1;
                pairs_ += 1;
                if (cosine < 0) opposed_ += 1;
            }
    }

    double share() const { return pairs_ > 0 ? opposed_ / pairs_ : std::numeric_limits<double>::quiet_NaN(); }

    conflict result() const {
        conflict found{.share = share()};
        for (std::size_t i = 0; i < sums_.size(); ++i)
            if (steps_[i] > 0 && !(sums_[i] / steps_[i] >= found.lowest_cosine)) {
                found.lowest_cosine = sums_[i] / steps_[i];
                found.first = i % attributes_;
                found.second = i / attributes_;
            }
        return found;
    }

private:
    std::size_t attributes_ = 0;
    std::vector<double> sums_, steps_; ///< by pair
    double pairs_ = 0, opposed_ = 0;
};

} // namespace mcfa::weighting
