#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <mcfa/detect/footprint.hpp>
#include <mcfa/detect/level_image.hpp>
#include <mcfa/detect/pyramid.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/train/batch.hpp>

namespace mcfa::detect {

/// Runs a cascade's first stage over a whole level at once: its layers on a plane of any size, then the face head at every place.
///
/// Without zero padding in the stage, the probability at a place of the grid is that of the window there. With padding it is not quite: a
/// window by itself has zeros around it where the sweep sees the photo go on. So the sweep proposes windows, and they are judged one by one.
///
/// A level is swept in tiles, so that memory is bounded whatever the photo's size. Tiles overlap by as much as one output can see,
/// so results do not depend on where tiles meet. One thread uses a sweep at a time.
template <class Model>
class sweep {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using footprints = first_footprint<net>;
    static constexpr footprint whole = footprints::whole;

public:
    static constexpr bool possible = footprints::slides;
    static constexpr int side = net::stages[0].side;
    static constexpr int stride = whole.stride;

    /// No buffer of activations has more than `most_values` values, unless a single window needs more.
    explicit sweep(Model const& m, std::size_t most_values = std::size_t{1} << 23) : model_(m), run_(m.backend()), most_values_(most_values) {
        static_assert(possible, "mcfa: a stage with flatten, dense or a global pool cannot be swept");
    }

    /// visit(row, column, probability of a face) for every place of the level's grid, whose stride is the stage's.
    template <class F>
    void operator()(image::pixels const& photo, level const& on, F&& visit) {
        int columns = on.columns, rows = on.rows; // of a tile, without the overlap
        while ((columns > 1 || rows > 1) && widest(tile_length(rows), tile_length(columns)) > most_values_) {
            int& longer = columns > rows ? columns : rows;
            longer = (longer + 1) / 2;
        }
        for (int row = 0; row < on.rows; row += rows)
            for (int column = 0; column < on.columns; column += columns)
                sweep_tile(photo, on, along(row, std::min(rows, on.rows - row), on.height()),
                           along(column, std::min(columns, on.columns - column), on.width()), visit);
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

    /// Values of the largest plane of a tile.
    static std::size_t widest(int height, int width) {
        std::size_t most = shape{net::stages[0].input.channels, height, width}.size();
        for (std::size_t i = 0; i < footprints::layers.size(); ++i) {
            height = footprints::layers[i].outputs(height);
            width = footprints::layers[i].outputs(width);
            most = std::max(most, shape{net::stages[0].layers[i].out.channels, height, width}.size());
        }
        return most;
    }

    template <class F>
    void sweep_tile(image::pixels const& photo, level const& on, extent down, extent across, F&& visit) {
        shape s{net::stages[0].input.channels, down.length, across.length};
        pixels_.resize(s.size());
        level_image(photo, on.step, on.top + down.begin, on.left + across.begin, s.height, s.width, pixels_.data());
        std::size_t const size = widest(s.height, s.width);
        for (auto& plane : planes_)
            if (plane.size() < size) plane = typename B::template buffer<T>(size);
        staged_.resize(s.size());
        std::transform(pixels_.begin(), pixels_.end(), staged_.begin(), [](float v) { return static_cast<T>(normalised_pixel(v)); });
        run_.copy_in(planes_[0].data(), staged_.data(), s.size());

        std::size_t turn = 0;
        for (std::size_t i = 0; i < footprints::layers.size(); ++i) {
            layer_info const& layer = net::stages[0].layers[i];
            layer_pass<T, B> p{run_};
            p.batch = 1;
            p.in = s;
            p.weights = model_.data() + net::stages[0].first_learned + layer.first_learned;
            p.statistics = model_.data() + net::learned + net::stages[0].first_statistic + layer.first_statistic;
            p.x = planes_[turn].data();
            if (!layer.in_place) turn ^= 1;
            p.y = planes_[turn].data();
            model_.functions(0)[i].forward(p);
            s = {layer.out.channels, footprints::layers[i].outputs(s.height), footprints::layers[i].outputs(s.width)};
        }
        judge(s, planes_[turn].data(), down, across, visit);
    }

    /// The face head on every place of the last plane.
    template <class F>
    void judge(shape s, T const* features, extent down, extent across, F&& visit) {
        constexpr std::size_t first = face_logit();
        constexpr auto feature = static_cast<std::size_t>(net::stages[0].feature);
        auto const count = static_cast<std::size_t>(s.pixels()) * 2;
        if (logits_.size() < count) logits_ = typename B::template buffer<T>(count);
        kernel<dense_product, B>::forward(run_, dense_product{net::stages[0].feature, 2}, s.pixels(), features,
                                          model_.data() + net::stages[0].first_head_weight + first * feature,
                                          model_.data() + net::stages[0].first_head_bias + first, logits_.data());
        staged_.resize(count);
        run_.copy_out(staged_.data(), static_cast<T const*>(logits_.data()), count);
        for (int row = 0; row < down.count; ++row)
            for (int column = 0; column < across.count; ++column) {
                auto const place = static_cast<std::size_t>((down.skipped() + row) * s.width + across.skipped() + column) * 2;
                float const pair[2]{static_cast<float>(staged_[place]), static_cast<float>(staged_[place + 1])};
                visit(down.first + row, across.first + column, face_class::decode(pair));
            }
    }

    static constexpr std::size_t face_logit() {
        for (task_info const& info : net::tasks::info)
            if (info.name == face_class::name) return static_cast<std::size_t>(info.first_logit);
        return 0;
    }

    Model const& model_;
    typename Model::execution run_;
    std::size_t most_values_;
    typename B::template buffer<T> planes_[2], logits_;
    std::vector<float> pixels_;
    std::vector<T> staged_;
};

} // namespace mcfa::detect
