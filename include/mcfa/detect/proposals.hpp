#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <mcfa/detect/pyramid.hpp>
#include <mcfa/detect/suppression.hpp>

namespace mcfa::detect {

/// The square that a window covers on the photo.
inline box square_of(image::placement const& window) {
    return {window.centre.x - window.side / 2, window.centre.y - window.side / 2, window.side, window.side};
}

/// The most probable windows of a pyramid, with a bound on how many are remembered.
class proposals {
public:
    struct proposal {
        float score = 0;
        image::placement window;
    };

    /// At most `most` windows at the end, and some times as many on the way.
    explicit proposals(std::size_t most) : most_(most) {}

    /// A window of the level at hand.
    void add(float score, image::placement const& window) {
        level_.push_back({score, window});
        if (level_.size() >= 16 * most_) keep_best(level_, 8 * most_);
    }

    /// Ends a level: of windows on it that overlap by more than half the best remain.
    void end_level() {
        keep_best(level_, 8 * most_);
        suppress_in(level_, 0.5f);
        all_.insert(all_.end(), level_.begin(), level_.end());
        level_.clear();
    }

    /// Of windows of different levels that all but cover each other the best remain. Best first.
    std::vector<proposal> finish() {
        suppress_in(all_, 0.7f);
        keep_best(all_, most_);
        return std::move(all_);
    }

private:
    /// Ties are broken by the order of arrival, so that nothing depends on the sorting.
    static void keep_best(std::vector<proposal>& some, std::size_t most) {
        std::stable_sort(some.begin(), some.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
        if (some.size() > most) some.resize(most);
    }

    static void suppress_in(std::vector<proposal>& some, float most_overlap) {
        std::vector<box> boxes;
        std::vector<float> scores;
        for (proposal const& p : some) boxes.push_back(square_of(p.window)), scores.push_back(p.score);
        std::vector<proposal> kept;
        for (std::size_t const i : suppress(boxes, scores, most_overlap)) kept.push_back(some[i]);
        some = std::move(kept);
    }

    std::size_t most_;
    std::vector<proposal> level_, all_;
};

} // namespace mcfa::detect
