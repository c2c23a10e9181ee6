// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/data/check_sample.hpp>
#include <mcfa/data/colour.hpp>
#include <mcfa/data/corruption.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/plan.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/image/enlarge.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/image/shrink.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::data {

/// Turns planned windows into rows of a batch; one for each worker. It keeps the photo it decoded last.
class row_maker {
public:
    row_maker(dataset const& photos, sampling const& options, encoding const& code, bool training)
        : photos_(photos),
          options_(options),
          code_(code),
          training_(training),
          names_(photos.attributes()),
          side_(*std::max_element(code.sides.begin(), code.sides.end())),
          cut_(floats(side_)),
          small_(floats(side_)),
          smaller_(floats(side_)),
          falling_(ranked(std::vector<double>(code.sides.begin(), code.sides.end()))) {}

    /// Fills row `row` of every array; false where the photo has no window of this kind. Throws what `dataset::load` throws,
    /// and `shape_error` with the name of a sample that is not as `check_annotation` and `check_photo` want it.
    bool fill(planned_window const& planned, batch& rows, std::size_t row) {
        load(planned.photo);
        random_stream random{planned.key};
        auto const window = cut(planned, random);
        if (!window) return false;
        if (training_) jitter_colour(random, options_, cut_);
        if (training_ && options_.resolution < 1) blur(random);
        if (training_ && options_.corrupt.share > 0) corrupt(random, options_.corrupt, side_, cut_);
        write_stages(rows, row);
        std::size_t const targets = code_.targets, terms = code_.terms;
        code_.encode(label_in(current_.truth, *window, planned.kind, names_), window->mirrored,
                     {rows.targets.data() + row * targets, targets}, {rows.masks.data() + row * terms, terms});
        return true;
    }

private:
    static std::size_t floats(int side) { return std::size_t{3} * side * side; }

    /// The cut window at every stage's side, normalised. Where a side divides the one before it, it is made from that.
    void write_stages(batch& rows, std::size_t row) {
        std::span<float const> pixels = cut_;
        int side = side_;
        std::vector<float>*free = &small_, *used = &smaller_;
        for (std::size_t const stage : falling_) {
            int const wanted = code_.sides[stage];
            auto const count = floats(wanted);
            if (wanted < side) {
                if (side % wanted != 0) pixels = cut_, side = side_;
                image::shrink_area(pixels, side, wanted, std::span(*free).first(count), shrunk_rows_);
                pixels = std::span(*free).first(count);
                side = wanted;
                std::swap(free, used);
            }
            pixel_rule const rule = code_.rules.empty() ? pixel_rule{} : code_.rules[stage];
            rule.apply(pixels.data(), rows.windows[stage].data() + row * count, count);
        }
    }

    void load(std::size_t photo) {
        if (photo == loaded_) return;
        loaded_ = none;
        current_ = photos_.load(photo);
        check_photo(photos_, photo, current_.photo);
        check_annotation(photos_, photo, current_.truth, names_->names().size());
        loaded_ = photo;
    }

    /// Chooses the window and cuts it at the largest stage's side into `cut_`.
    std::optional<image::placement> cut(planned_window const& planned, random_stream& random) {
        window_kind const kind = planned.kind;
        if (planned.mined) {
            auto const window = near_mined(random, options_, *planned.mined);
            image::cut(current_.photo, window, side_, cut_);
            return window;
        }
        if (!current_.truth.face) return std::nullopt;
        auto const reference = reference_square(*current_.truth.face, options_.context);
        if (kind == window_kind::negative) return cut_negative(random);
        image::placement window = reference;
        if (kind == window_kind::part) window = part_window(random, reference);
        else if (training_ || options_.evaluation == evaluation_windows::shifted) window = positive_window(random, options_, reference);
        if (training_) turn(random, options_, window);
        image::cut(current_.photo, window, side_, cut_);
        return window;
    }

    /// Aligned photos have black padding; a negative window that is mostly padding would teach that black means background.
    std::optional<image::placement> cut_negative(random_stream& random) {
        constexpr int tries = 8;
        constexpr float most_dark = 0.3f;
        if (training_ && options_.inside > 0 && random.chance(options_.inside)) {
            auto const window = inside_window(random, options_, *current_.truth.face);
            image::cut(current_.photo, window, side_, cut_);
            return window;
        }
        for (int i = 0; i < tries; ++i) {
            auto const window = negative_window(random, options_, training_, *current_.truth.face, image::width(current_.photo),
                                                image::height(current_.photo));
            if (!window) return std::nullopt;
            auto const shows = [&](box const& face) { return shows_face(*window, face, options_.context); };
            if (std::ranges::any_of(current_.truth.other_faces, shows)) continue;
            image::cut(current_.photo, *window, side_, cut_);
            if (dark_share(cut_) <= most_dark) return window;
        }
        return std::nullopt;
    }

    /// Half of the windows lose detail, as faces that are small on their photo have lost it.
    void blur(random_stream& random) {
        double const share = std::exp(random.uniform(std::log(static_cast<double>(options_.resolution)), 0));
        if (!random.chance(0.5f)) return;
        int const side = std::max(2, static_cast<int>(std::lround(share * side_)));
        std::span<float> const small = std::span<float>(small_).first(floats(side));
        if (side >= side_) return;
        image::shrink_area(cut_, side_, side, small, shrunk_rows_);
        image::enlarge(small, side, side_, cut_);
    }

    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    dataset const& photos_;
    sampling const& options_;
    encoding const& code_;
    bool training_;
    std::shared_ptr<attribute_table const> names_;
    int side_;
    std::vector<float> cut_, small_, smaller_, shrunk_rows_;
    std::vector<std::size_t> falling_; ///< stages by side, largest first
    example current_;
    std::size_t loaded_ = none;
};

} // namespace mcfa::data
