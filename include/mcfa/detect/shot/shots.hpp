// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/detect/propose/face_logit.hpp>
#include <mcfa/detect/propose/photo_sizes.hpp>
#include <mcfa/detect/propose/plane_pass.hpp>
#include <mcfa/detect/shot/place_grid.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// Runs a single_shot over a photo at one of its sizes: all stages, then the heads at every place.
///
/// The photo is seen in tiles, so that memory is bounded whatever its size. Tiles overlap by as much as a place can see, so results do not depend on
/// where tiles meet. One thread uses it at a time. `Stored` is the arithmetic of the layers, as `prepared_model` has it; heads compute in the scalar.
template <class Model, class Stored = typename Model::scalar>
class shots {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using prepared = prepared_model<T, B, Stored>;
    static constexpr auto const& grids = place_grids<net>();

public:
    static constexpr first_stage_sees sees = first_stage_sees::planes; ///< what the prepared model must be ready for
    static constexpr int unit = static_cast<int>(grids.back().stride); ///< sizes of planes are whole numbers of it
    /// How far a place sees beyond its centre, in whole units.
    static constexpr int reach = (static_cast<int>(shot_footprints<typename net::stage_types>::reach) / unit + 1) * unit;

    /// Tiles have at most `most_side` pixels a side beside their overlap.
    explicit shots(prepared const& ready, int most_side = 1024)
        : model_(ready.model()),
          passes_(make(ready, std::make_index_sequence<net::count>{})),
          most_side_(std::max(most_side / unit, 1) * unit) {}

    /// visit(window on the photo, logits of all tasks) for every place whose probability of a face is at least `least`, on the photo made smaller, or
    /// larger, by `step`: photo pixels in a pixel that the net sees. Returns the pixels that were seen.
    template <class F>
    std::size_t operator()(photo_sizes& photo, double step, float least, F&& visit) {
        auto const whole = [&](int length) { return (static_cast<int>(std::ceil(length / step)) + unit - 1) / unit * unit; };
        int const height = whole(photo.height()), width = whole(photo.width());
        std::size_t seen = 0;
        for (int top = 0; top < height; top += most_side_)
            for (int left = 0; left < width; left += most_side_)
                seen += see_tile(photo, step, along(top, height), along(left, width), least, visit);
        return seen;
    }

private:
    /// A tile along one axis: it yields the places about pixels first .. end - 1, from the pixels begin .. begin + length - 1.
    struct extent {
        int first, end, begin, length;
    };
    extent along(int first, int length) const {
        int const end = std::min(first + most_side_, length), begin = std::max(0, first - reach);
        return {first, end, begin, std::min(length, end + reach) - begin};
    }

    template <class F>
    std::size_t see_tile(photo_sizes& photo, double step, extent down, extent across, float least, F& visit) {
        shape const s{net::stages[0].input.channels, down.length, across.length};
        pixels_.resize(s.size());
        photo.piece(step, down.begin, across.begin, s.height, s.width, pixels_.data());
        net::stages[0].rule.apply(pixels_.data(), pixels_.data(), pixels_.size());
        staged_.assign(pixels_.begin(), pixels_.end());
        see<0>(staged_.data(), s, step, down, across, least, visit);
        return s.pixels();
    }

    /// Stage J from its input on, then the stages behind it.
    template <std::size_t J, class Given, class F>
    void see(Given const& given, shape size, double step, extent down, extent across, float least, F& visit) {
        auto& pass = *std::get<J>(passes_);
        auto const found = [&] {
            if constexpr (J == 0) return pass(given, size);
            else return pass({given.values, given.size});
        }();
        judge<J>(pass, found.values, found.size, step, down, across, least, visit);
        if constexpr (J + 1 < net::count) see<J + 1>(found, found.size, step, down, across, least, visit);
    }

    /// The heads of stage J at every place of its last plane.
    template <std::size_t J, class Pass, class F>
    void judge(Pass& pass, T const* values, shape s, double step, extent down, extent across, float least, F& visit) {
        stage_info const& stage = net::stages[J];
        constexpr std::size_t length = net::tasks::length;
        constexpr std::size_t face = face_logit<typename net::tasks>();
        std::size_t const count = s.pixels() * length;
        if (logits_.size() < count) logits_ = typename B::template buffer<T>(count);
        compute(pass.run, dense_forward<T>{.x = {values, s.pixels(), stage.feature},
                                           .weights = {model_.data() + stage.first_head_weight, length, stage.feature},
                                           .bias = {model_.data() + stage.first_head_bias, length},
                                           .y = {logits_.data(), s.pixels(), length}});
        staged_.resize(count);
        pass.run.copy_out(staged_.data(), static_cast<T const*>(logits_.data()), count);
        place_grid const& grid = grids[J];
        auto const belongs = [](double centre, extent const& e) { return centre >= e.first - e.begin && centre < e.end - e.begin; };
        for (int row = 0; row < s.height; ++row) {
            if (!belongs(grid.first + row * grid.stride, down)) continue;
            for (int column = 0; column < s.width; ++column) {
                if (!belongs(grid.first + column * grid.stride, across)) continue;
                T const* const own = staged_.data() + (static_cast<std::size_t>(row) * s.width + column) * length;
                std::array<float, length> said;
                std::copy_n(own, length, said.begin());
                if (!(face_class::decode(std::span<float const>(said).subspan(face, 2)) >= least)) continue;
                auto window = grid.window(row, column);
                window.centre.x = static_cast<float>((static_cast<double>(window.centre.x) + across.begin) * step);
                window.centre.y = static_cast<float>((static_cast<double>(window.centre.y) + down.begin) * step);
                window.side = static_cast<float>(static_cast<double>(window.side) * step);
                visit(window, std::span<float const>(said));
            }
        }
    }

    template <std::size_t... J>
    static auto make(prepared const& ready, std::index_sequence<J...>) {
        return std::tuple{std::make_unique<plane_pass<Model, Stored, J>>(ready)...};
    }

    basic_model<T, B> const& model_;
    decltype(make(std::declval<prepared const&>(), std::make_index_sequence<net::count>{})) passes_;
    int most_side_;
    typename B::template buffer<T> logits_;
    std::vector<float> pixels_;
    std::vector<T> staged_;
};

} // namespace mcfa::detect
