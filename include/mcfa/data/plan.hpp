// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/mined_windows.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/task/label.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mcfa::data {

/// A window to be drawn: from which photo, of which kind, and the key of its random numbers.
struct planned_window {
    std::size_t photo = 0;
    window_kind kind = window_kind::positive;
    std::uint64_t key = 0;
    std::optional<image::placement> mined = std::nullopt; ///< where a negative window was mined
    std::size_t source = 0;                               ///< the number of its photo's source in a mixture
};

/// Fisher and Yates, from the end.
template <class T>
void shuffle(std::vector<T>& items, random_stream random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

/// How many windows an epoch of training has besides the one positive window a photo.
inline std::size_t windows_of_mix(std::size_t photos, float share, float positive) {
    return static_cast<std::size_t>(std::lround(static_cast<double>(photos) * share / positive));
}

/// What a plan is drawn from, as numbers of photos in their data set.
struct plan_source {
    std::vector<std::size_t> photos;         ///< with a known face
    std::vector<std::size_t> with_landmarks; ///< those of them whose landmarks are known
    std::vector<mined_window> mined;         ///< false alarms on them
};

/// The windows of one training epoch: one positive for each photo, and part, negative and further positive ones by the mix, all in random order.
/// The share `sampling::mined` of the negative windows are mined ones, if there are any; each is used once before any is used again. Every
/// number follows from (seed, epoch, place in the plan), so nothing depends on the worker that draws the window.
inline std::vector<planned_window> plan_training(plan_source source, sampling const& options, seed seed, std::uint64_t epoch) {
    constexpr std::uint64_t sampling_label = 0x77696e646f77ull;
    std::uint64_t const key = split_key(split_key(seed.value, sampling_label), epoch);
    auto& photos = source.photos;
    std::vector<planned_window> plan;
    if (photos.empty()) return plan;
    auto add = [&](std::size_t photo, window_kind kind) { plan.push_back({photo, kind, split_key(key, plan.size())}); };
    for (auto photo : photos) add(photo, window_kind::positive);
    shuffle(photos, {split_key(key, ~std::uint64_t{0})}); // whose part and negative windows are drawn this time
    shuffle(source.mined, {split_key(key, ~std::uint64_t{2})});
    shuffle(source.with_landmarks, {split_key(key, ~std::uint64_t{3})});
    auto const count = [&](float share) { return windows_of_mix(photos.size(), share, options.mix.positive); };
    std::size_t place = 0;
    for (std::size_t n = count(options.mix.part); n > 0; --n) add(photos[place++ % photos.size()], window_kind::part);
    std::size_t const negatives = count(options.mix.negative);
    std::size_t const mined =
        source.mined.empty() ? 0 : static_cast<std::size_t>(std::lround(static_cast<double>(negatives) * options.mined));
    for (std::size_t n = mined; n < negatives; ++n) add(photos[place++ % photos.size()], window_kind::negative);
    for (std::size_t n = 0; n < mined; ++n) {
        mined_window const& window = source.mined[n % source.mined.size()];
        add(window.photo, window_kind::negative);
        plan.back().mined = window.place;
    }
    for (std::size_t n = 0; n < count(options.mix.landmarks) && !source.with_landmarks.empty(); ++n)
        add(source.with_landmarks[n % source.with_landmarks.size()], window_kind::positive);
    shuffle(plan, {split_key(key, ~std::uint64_t{1})});
    return plan;
}

/// The windows of evaluation, photo by photo. Their keys follow from the photo's number alone, so that all runs are judged on the same ones.
inline std::vector<planned_window> plan_evaluation(std::vector<std::size_t> const& photos, sampling const& options) {
    constexpr std::uint64_t evaluation_label = 0x6576616c75617465ull;
    std::vector<planned_window> plan;
    for (auto photo : photos) {
        std::uint64_t const key = split_key(evaluation_label, photo);
        plan.push_back({photo, window_kind::positive, split_key(key, 0)});
        if (options.evaluation == evaluation_windows::exact) plan.push_back({photo, window_kind::negative, split_key(key, 1)});
    }
    return plan;
}

} // namespace mcfa::data
