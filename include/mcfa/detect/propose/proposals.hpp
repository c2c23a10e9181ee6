// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/detect/propose/suppression.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::detect {

/// A window that the first stage takes for a face, and the first stage's feature there.
template <class T>
struct proposal {
    float score = 0;
    image::placement window;
    std::span<T const> feature; ///< in the memory of the `proposals` that it is of
};

/// The most probable windows of a pyramid, with a bound on how many are remembered. Memory is used again from pyramid to pyramid.
template <class T>
class proposals {
public:
    /// For features of `feature` values.
    explicit proposals(std::size_t feature = 0) : feature_(feature) {}

    /// Begins a pyramid: at most `most` windows at its end, and some times as many on the way.
    void begin(std::size_t most) {
        most_ = most;
        left_out_ = 0;
        level_.clear();
        all_.clear();
        free_slots_.clear();
        for (std::size_t slot = slots_; slot > 0; --slot) free_slots_.push_back(slot - 1);
    }

    /// A window of the level at hand. The feature, of as many values as said, is copied.
    void add(float score, image::placement const& window, std::span<T const> feature) {
        if (free_slots_.empty()) {
            free_slots_.push_back(slots_);
            features_.resize(features_.size() + feature_);
            ++slots_;
        }
        std::size_t const slot = free_slots_.back();
        free_slots_.pop_back();
        std::copy_n(feature.data(), feature_, features_.begin() + static_cast<std::ptrdiff_t>(slot * feature_));
        level_.push_back({score, window, slot});
        if (level_.size() >= 16 * most_) keep_best(level_, 8 * most_);
    }

    /// Ends a level: of windows on it that overlap by more than half the best remain. Of equally probable windows those of later levels come first.
    void end_level() {
        keep_best(level_, 8 * most_);
        suppress_in(level_, 0.5f);
        all_.insert(all_.begin(), level_.begin(), level_.end());
        level_.clear();
    }

    /// Of windows of different levels that all but cover each other the best remain. Best first; they live until the next `begin`.
    std::vector<proposal<T>>& finish() {
        suppress_in(all_, 0.7f);
        keep_best(all_, most_);
        best_.clear();
        for (entry const& e : all_)
            best_.push_back({e.score, e.window, std::span<T const>(features_).subspan(e.slot * feature_, feature_)});
        return best_;
    }

    /// Windows of this pyramid that were dropped because there were too many, not for their overlap.
    std::size_t left_out() const { return left_out_; }

private:
    struct entry {
        float score;
        image::placement window;
        std::size_t slot; ///< of its feature
    };
    static constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

    /// Best first; of equal ones the first to arrive.
    void keep_best(std::vector<entry>& some, std::size_t most) {
        scores_.clear();
        for (entry const& e : some) scores_.push_back(static_cast<double>(e.score));
        rank(scores_, order_);
        if (order_.size() > most) left_out_ += order_.size() - most, order_.resize(most);
        keep(some, order_);
    }

    void suppress_in(std::vector<entry>& some, float most_overlap) {
        suppression_.clear();
        for (entry const& e : some) suppression_.add(image::square_of(e.window), e.score);
        keep(some, suppression_.kept(most_overlap));
    }

    /// Those at `places`, in that order; the others' slots are free again.
    void keep(std::vector<entry>& some, std::span<std::size_t const> places) {
        kept_.clear();
        for (std::size_t const i : places) {
            kept_.push_back(some[i]);
            some[i].slot = no_slot;
        }
        for (entry const& e : some)
            if (e.slot != no_slot) free_slots_.push_back(e.slot);
        some.assign(kept_.begin(), kept_.end());
    }

    std::size_t feature_, most_ = 0, left_out_ = 0, slots_ = 0;
    std::vector<entry> level_, all_, kept_;
    std::vector<T> features_;             ///< a slot each
    std::vector<std::size_t> free_slots_; ///< the next one last
    std::vector<double> scores_;
    std::vector<std::size_t> order_;
    suppression suppression_;
    std::vector<proposal<T>> best_;
};

} // namespace mcfa::detect
