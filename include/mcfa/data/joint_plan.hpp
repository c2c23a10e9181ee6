// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/check_sample.hpp>
#include <mcfa/data/plan.hpp>
#include <mcfa/data/window_source.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mcfa::data {

/// Merges the windows of several sources so that each keeps its order and all are spread evenly: window k of the n of a source belongs at
/// (k + 1/2) / n of the way, so any stretch of the result holds each source's share to about one window.
inline std::vector<planned_window> spread(std::vector<std::vector<planned_window>> parts) {
    if (parts.size() == 1) return std::move(parts[0]);
    std::size_t total = 0;
    for (auto const& part : parts) total += part.size();
    std::vector<planned_window> all;
    all.reserve(total);
    std::vector<std::size_t> next(parts.size());
    while (all.size() < total) {
        std::size_t first = parts.size();
        for (std::size_t s = 0; s < parts.size(); ++s) {
            if (next[s] == parts[s].size()) continue;
            if (first == parts.size() || (2 * next[s] + 1) * parts[first].size() < (2 * next[first] + 1) * parts[s].size()) first = s;
        }
        all.push_back(parts[first][next[first]++]);
    }
    return all;
}

/// The windows of an epoch of one source or of several. Without shares each source gives its own epoch. With shares the first one does, and the others
/// give as many windows as their shares say: each goes on where it stopped in the epoch before, and begins its next own epoch where one is over.
/// Everything follows from (seed, epoch).
class joint_plan {
public:
    /// `sources` must outlive the plan. With shares every one of several must have photos. Throws what `check_annotation` throws.
    joint_plan(std::vector<window_source> const& sources, batch_options const& batches) : sources_(sources), batches_(batches) {
        for (std::size_t s = 0; s < sources.size(); ++s) {
            with_landmarks_.emplace_back();
            std::size_t const attributes = sources[s].photos_of->attributes()->names().size();
            for (auto photo : sources[s].photos) {
                auto const truth = sources[s].photos_of->label(photo);
                check_annotation(*sources[s].photos_of, photo, truth, attributes);
                if (!truth.landmarks.empty()) with_landmarks_[s].push_back(photo);
            }
            own_.push_back(own_epoch(s, 0).size());
            double const of_first = sources[s].share / sources[0].share;
            given_.push_back(s == 0 || sources[s].share == 0 || !batches.training ? own_[s] : share_of(own_[0], of_first));
        }
    }

    std::vector<planned_window> operator()(std::uint64_t epoch) const {
        std::vector<std::vector<planned_window>> parts;
        for (std::size_t s = 0; s < sources_.size(); ++s) parts.push_back(stretch(s, epoch * given_[s], given_[s]));
        if (batches_.training) return spread(std::move(parts));
        for (std::size_t s = 1; s < parts.size(); ++s) parts[0].insert(parts[0].end(), parts[s].begin(), parts[s].end());
        return std::move(parts[0]);
    }

private:
    static std::size_t share_of(std::size_t windows, double share) {
        return std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(static_cast<double>(windows) * share)));
    }

    /// So many windows of a source's epochs, one epoch after the other, from window number `first` on.
    std::vector<planned_window> stretch(std::size_t s, std::uint64_t first, std::size_t count) const {
        std::vector<planned_window> windows;
        while (windows.size() < count) {
            auto const at = first + windows.size();
            auto const own = own_epoch(s, at / own_[s]);
            auto const begin = own.begin() + static_cast<std::ptrdiff_t>(at % own_[s]);
            windows.insert(windows.end(), begin, begin + std::min(own.end() - begin, static_cast<std::ptrdiff_t>(count - windows.size())));
        }
        for (auto& window : windows) window.source = s;
        return windows;
    }

    /// The first source has the seed itself, so that it alone gives the same windows as without a mixture.
    std::vector<planned_window> own_epoch(std::size_t s, std::uint64_t epoch) const {
        constexpr std::uint64_t mixture_label = 0x6d697874757265ull;
        auto const& from = sources_[s];
        seed const own{s == 0 ? batches_.seed.value : split_key(batches_.seed.value, mixture_label + s)};
        return batches_.training ? plan_training({from.photos, with_landmarks_[s], *from.mined}, from.options, own, epoch)
                                 : plan_evaluation(from.photos, from.options);
    }

    std::vector<window_source> const& sources_;
    batch_options batches_;
    std::vector<std::vector<std::size_t>> with_landmarks_; // by source
    std::vector<std::size_t> own_, given_;                 // windows of a source's own epoch, and of those that it gives to one of the plan
};

} // namespace mcfa::data
