// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/detect/propose/suppression.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A window that the first stage takes for a face, and the first stage's feature there.
template <class T>
struct proposal {
    float score = 0;
    image::placement window;
    std::vector<T> feature;
};

/// The most probable windows of a pyramid, with a bound on how many are remembered.
template <class T>
class proposals {
public:
    /// At most `most` windows at the end, and some times as many on the way.
    explicit proposals(std::size_t most) : most_(most) {}

    /// A window of the level at hand.
    void add(float score, image::placement const& window, std::span<T const> feature = {}) {
        level_.push_back({score, window, {feature.begin(), feature.end()}});
        if (level_.size() >= 16 * most_) keep_best(level_, 8 * most_);
    }

    /// Ends a level: of windows on it that overlap by more than half the best remain.
    void end_level() {
        keep_best(level_, 8 * most_);
        suppress_in(level_, 0.5f);
        std::move(level_.begin(), level_.end(), std::back_inserter(all_));
        level_.clear();
    }

    /// Of windows of different levels that all but cover each other the best remain. Best first.
    std::vector<proposal<T>> finish() {
        suppress_in(all_, 0.7f);
        keep_best(all_, most_);
        return std::move(all_);
    }

    /// Windows that were dropped because there were too many, not for their overlap.
    std::size_t left_out() const { return left_out_; }

private:
    /// Best first; of equal ones the first to arrive.
    void keep_best(std::vector<proposal<T>>& some, std::size_t most) {
        std::vector<double> scores;
        for (auto const& p : some) scores.push_back(p.score);
        auto order = ranked(scores);
        if (order.size() > most) left_out_ += order.size() - most, order.resize(most);
        keep(some, order);
    }

    static void suppress_in(std::vector<proposal<T>>& some, float most_overlap) {
        std::vector<box> boxes;
        std::vector<float> scores;
        for (auto const& p : some) boxes.push_back(image::square_of(p.window)), scores.push_back(p.score);
        keep(some, suppress(boxes, scores, most_overlap));
    }

    static void keep(std::vector<proposal<T>>& some, std::vector<std::size_t> const& places) {
        std::vector<proposal<T>> kept;
        kept.reserve(places.size());
        for (std::size_t const i : places) kept.push_back(std::move(some[i]));
        some = std::move(kept);
    }

    std::size_t most_, left_out_ = 0;
    std::vector<proposal<T>> level_, all_;
};

} // namespace mcfa::detect
