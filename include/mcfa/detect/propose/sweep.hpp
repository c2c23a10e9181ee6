// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/face_logit.hpp>
#include <mcfa/detect/propose/photo_sizes.hpp>
#include <mcfa/detect/propose/plane_pass.hpp>
#include <mcfa/detect/propose/pyramid.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::detect {

/// Runs a cascade's first stage over a whole level at once: its layers on a plane of any size, then the face head at every place.
///
/// Without zero padding in the stage (`exact`), probability and feature at a place of the grid are those of the window there. With padding they
/// are not quite: a window by itself has zeros around it where the sweep sees the photo go on.
///
/// A level is swept in tiles, so that memory is bounded whatever the photo's size. Tiles overlap by as much as one output can see,
/// so results do not depend on where tiles meet. One thread uses a sweep at a time.
/// `Stored` is the arithmetic of the layers, as `prepared_model` has it; the face head computes in the scalar.
template <class Model, class Stored = typename Model::scalar>
class sweep {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using pass = plane_pass<Model, Stored>;
    static constexpr footprint whole = first_footprint<net>::whole;

public:
    static constexpr first_stage_sees sees = first_stage_sees::planes; ///< what the prepared model must be ready for
    static constexpr bool possible = first_footprint<net>::slides;
    static constexpr bool exact = whole.pad == 0;
    static constexpr int side = net::stages[0].side;
    static constexpr int stride = whole.stride;

    /// No buffer of activations has more than `most_values` values, unless a single window needs more.
    explicit sweep(prepared_model<T, B, Stored> const& ready, std::size_t most_values = std::size_t{1} << 23)
        : model_(ready.model()), pass_(ready), most_values_(most_values) {
        static_assert(possible, "mcfa: a stage with flatten, dense or a global pool cannot be swept");
    }

    /// visit(row, column, probability of a face, feature) for every place of the level's grid, whose stride is the stage's, that is at least
    /// `least` probable. The feature, a span, lives until `visit` returns.
    template <class F>
    void operator()(photo_sizes& photo, level const& on, float least, F&& visit) {
        int columns = on.columns, rows = on.rows; // of a tile, without the overlap
        while ((columns > 1 || rows > 1) && pass_.widest(tile_length(rows), tile_length(columns)) > most_values_) {
            int& longer = columns > rows ? columns : rows;
            longer = (longer + 1) / 2;
        }
        for (int row = 0; row < on.rows; row += rows)
            for (int column = 0; column < on.columns; column += columns)
                sweep_tile(photo, on, along(row, std::min(rows, on.rows - row), on.height()),
                           along(column, std::min(columns, on.columns - column), on.width()), least, visit);
    }

private:
    /// A tile along one axis: it yields `count` places from `first` on, from `length` level pixels from `begin` on.
    struct extent {
        int first, count, begin, length;
        int skipped() const { return first - begin / stride; }
    };

    /// How far an output sees beyond its window, to either end; before it in whole strides.
    static constexpr int before = (whole.pad + stride - 1) / stride * stride;
    static constexpr int behind = std::max(0, whole.side - whole.pad - side);

    static constexpr int tile_length(int count) { return before + (count - 1) * stride + side + behind; }

    static extent along(int first, int count, int level_length) {
        int const begin = std::max(0, first * stride - before);
        int const end = std::min(level_length, (first + count - 1) * stride + side + behind);
        return {first, count, begin, end - begin};
    }

    template <class F>
    void sweep_tile(photo_sizes& photo, level const& on, extent down, extent across, float least, F&& visit) {
        shape const s{net::stages[0].input.channels, down.length, across.length};
        pixels_.resize(s.size());
        photo.piece(on.step, on.top + down.begin, on.left + across.begin, s.height, s.width, pixels_.data());
        staged_.resize(s.size());
        net::stages[0].rule.apply(pixels_.data(), pixels_.data(), pixels_.size());
        std::copy(pixels_.begin(), pixels_.end(), staged_.begin());
        judge(pass_(staged_.data(), s), down, across, least, visit);
    }

    /// The face head on every place of the last plane; features come to the host where a place is probable enough.
    template <class F>
    void judge(typename pass::plane found, extent down, extent across, float least, F&& visit) {
        constexpr std::size_t first = face_logit<typename net::tasks>();
        constexpr std::size_t feature = net::stages[0].feature;
        shape const s = found.size;
        std::size_t const count = s.pixels() * 2;
        if (logits_.size() < count) logits_ = typename B::template buffer<T>(count);
        compute(pass_.run, dense_forward<T>{.x = {found.values, s.pixels(), feature},
                                            .weights = {model_.data() + net::stages[0].first_head_weight + first * feature, 2, feature},
                                            .bias = {model_.data() + net::stages[0].first_head_bias + first, 2},
                                            .y = {logits_.data(), s.pixels(), 2}});
        staged_.resize(count);
        pass_.run.copy_out(staged_.data(), static_cast<T const*>(logits_.data()), count);
        bool fetched = false;
        for (int row = 0; row < down.count; ++row)
            for (int column = 0; column < across.count; ++column) {
                std::size_t const place = (down.skipped() + row) * s.width + across.skipped() + column;
                float const pair[2]{static_cast<float>(staged_[place * 2]), static_cast<float>(staged_[place * 2 + 1])};
                float const probability = face_class::decode(pair);
                if (!(probability >= least)) continue;
                if (!fetched) {
                    features_.resize(s.pixels() * feature);
                    pass_.run.copy_out(features_.data(), found.values, features_.size());
                    fetched = true;
                }
                visit(down.first + row, across.first + column, probability,
                      std::span<T const>(features_).subspan(place * feature, feature));
            }
    }

    basic_model<T, B> const& model_;
    pass pass_;
    std::size_t most_values_;
    typename B::template buffer<T> logits_;
    std::vector<float> pixels_;
    std::vector<T> staged_, features_;
};

} // namespace mcfa::detect
