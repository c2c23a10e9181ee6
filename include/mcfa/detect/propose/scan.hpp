// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/face_logit.hpp>
#include <mcfa/detect/propose/photo_sizes.hpp>
#include <mcfa/detect/propose/pyramid.hpp>
#include <mcfa/model/pass/forward.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// Looks at a level window by window: slow, for cascades whose first stage cannot be swept. One thread uses a scan at a time.
/// `Stored` is the arithmetic, as `prepared_model` has it.
template <class Model, class Stored = typename Model::scalar>
class scan {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;

public:
    static constexpr first_stage_sees sees = first_stage_sees::windows; ///< what the prepared model must be ready for
    static constexpr bool exact = true;
    static constexpr int side = net::stages[0].side;
    static constexpr int stride = std::max(1, side / 7); ///< of the grid; not dictated by the net

    explicit scan(prepared_model<T, B, Stored> const& ready, std::size_t batch = 32)
        : ready_(ready), workspace_(ready.model(), batch, purpose::inference) {}

    /// visit(row, column, probability of a face, feature) for every place of the level's grid that is at least `least` probable.
    template <class F>
    void operator()(photo_sizes& photo, level const& on, float least, F&& visit) {
        constexpr std::size_t size = net::stages[0].input.size();
        windows_.resize(workspace_.capacity() * size);
        for (int row = 0; row < on.rows; ++row)
            for (int column = 0; column < on.columns; ++column) {
                float* const window = windows_.data() + places_.size() * size;
                photo.piece(on.step, on.top + row * on.stride, on.left + column * on.stride, side, side, window);
                net::stages[0].rule.apply(window, window, size);
                places_.emplace_back(row, column);
                if (places_.size() == workspace_.capacity()) judge(least, visit);
            }
        if (!places_.empty()) judge(least, visit);
    }

private:
    template <class F>
    void judge(float least, F&& visit) {
        constexpr std::size_t length = net::tasks::length, feature = net::stages[0].feature;
        std::size_t const count = places_.size();
        workspace_.copy_in(workspace_.input(0), windows_.data(), count * net::stages[0].input.size());
        forward_stage(ready_, workspace_, 0, count);
        logits_.resize(count * length);
        workspace_.read(workspace_.logits(0), logits_.size(), logits_.data());
        features_.resize(count * feature);
        workspace_.run.copy_out(features_.data(), static_cast<T const*>(workspace_.feature(0)), features_.size());
        for (std::size_t i = 0; i < count; ++i) {
            float const probability =
                face_class::decode(std::span<float const>(logits_).subspan(i * length + face_logit<typename net::tasks>(), 2));
            if (probability >= least)
                visit(places_[i].first, places_[i].second, probability, std::span<T const>(features_).subspan(i * feature, feature));
        }
        places_.clear();
    }

    prepared_model<T, B, Stored> const& ready_;
    workspace_for<T, B, Stored> workspace_;
    std::vector<std::pair<int, int>> places_;
    std::vector<float> windows_, logits_;
    std::vector<T> features_;
};

} // namespace mcfa::detect
