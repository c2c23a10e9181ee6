#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include <mcfa/detect/level_image.hpp>
#include <mcfa/detect/pyramid.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/train/batch.hpp>

namespace mcfa::detect {

/// Looks at a level window by window: slow, for cascades whose first stage cannot be swept. One thread uses a scan at a time.
template <class Model>
class scan {
    using net = typename Model::net_type;

public:
    static constexpr int side = net::stages[0].side;
    static constexpr int stride = std::max(1, side / 7); ///< of the grid; not dictated by the net

    explicit scan(Model const& m, std::size_t batch = 32) : judge_(m, {}, batch) {
        auto const n = static_cast<std::size_t>(side);
        windows_.push_back(array<float, 4>::from_shape({batch, n, n, 3}));
    }

    /// visit(row, column, probability of a face) for every place of the level's grid.
    template <class F>
    void operator()(image::pixels const& photo, level const& on, F&& visit) {
        constexpr std::size_t size = net::stages[0].input.size();
        std::vector<std::pair<int, int>> places;
        auto const judge = [&] {
            auto const results = judge_(windows_, places.size(), 1);
            for (std::size_t i = 0; i < places.size(); ++i) visit(places[i].first, places[i].second, results[i].template get<face_class>());
            places.clear();
        };
        for (int row = 0; row < on.rows; ++row)
            for (int column = 0; column < on.columns; ++column) {
                float* const window = windows_[0].data() + places.size() * size;
                level_image(photo, on.step, on.top + row * on.stride, on.left + column * on.stride, side, side, window);
                std::transform(window, window + size, window, normalised_pixel);
                places.emplace_back(row, column);
                if (places.size() == judge_.capacity()) judge();
            }
        judge();
    }

private:
    predictor<Model> judge_;
    std::vector<array<float, 4>> windows_;
};

} // namespace mcfa::detect
