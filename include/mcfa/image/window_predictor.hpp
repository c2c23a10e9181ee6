// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/window_cutter.hpp>
#include <mcfa/model/predictor.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa::image {

/// A `predictor` that cuts its windows out of a photo:
///
///     window_predictor look{m};
///     auto const said = look(photo, {face.centre(), 1.6f * face.width, 0, false});
///
/// A photo is whatever a `frame` can be made of. One thread uses a window predictor at a time.
template <class Model, class Stored = typename Model::scalar>
class window_predictor {
public:
    using net = typename Model::net_type;
    using result = prediction<typename net::tasks>;
    using prepared = typename predictor<Model, Stored>::prepared;

    /// As `predictor`; `capacity` windows are cut and computed at a time.
    explicit window_predictor(Model const& m, std::vector<float> thresholds = {}, std::size_t capacity = 32,
                              std::shared_ptr<prepared const> ready = {})
        : judge_(m, std::move(thresholds), capacity, std::move(ready)), cutter_(net::info, capacity) {}

    /// What the cascade says of one window; positions are in units of the window (`to_photo` turns them into the photo's).
    /// Throws `option_error` for a window that `can_be_cut` refuses.
    result operator()(frame const& photo, placement const& window) {
        cutter_.fill(photo, window, 0, net::count);
        judge_.into(some_, cutter_.windows(), 1);
        return some_.front();
    }

    /// What it says of each.
    std::vector<result> operator()(frame const& photo, std::span<placement const> windows) {
        std::vector<result> all;
        into(all, photo, windows);
        return all;
    }

    /// Likewise in place of what `all` held, in its memory.
    void into(std::vector<result>& all, frame const& photo, std::span<placement const> windows) {
        all.clear();
        for (std::size_t first = 0; first < windows.size(); first += judge_.capacity()) {
            std::size_t const count = std::min(judge_.capacity(), windows.size() - first);
            for (std::size_t row = 0; row < count; ++row) cutter_.fill(photo, windows[first + row], row, net::count);
            judge_.into(some_, cutter_.windows(), count);
            all.insert(all.end(), some_.begin(), some_.end());
        }
    }

private:
    predictor<Model, Stored> judge_;
    window_cutter cutter_;
    std::vector<result> some_; ///< of the windows at hand
};

/// A window predictor, or what its constructor throws. A window for which `can_be_cut` is false must not be given to it. `Stored` is the
/// arithmetic, void the model's own.
template <class Stored = void, class Model>
auto try_window_predictor(Model const& m, std::vector<float> thresholds = {}, std::size_t capacity = 32) {
    using scalar = std::conditional_t<std::is_void_v<Stored>, typename Model::scalar, Stored>;
    using made = window_predictor<Model, scalar>;
    if (auto const bad = predictor<Model, scalar>::problem(thresholds)) return expected<made>(unexpected(*bad));
    if (capacity == 0) return expected<made>(unexpected(option_error("a predictor needs a capacity of at least 1 window")));
    return expected<made>(std::in_place, m, std::move(thresholds), capacity);
}

} // namespace mcfa::image
