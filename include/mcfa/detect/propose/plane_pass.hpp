// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/footprint.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/plan/slots.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/rearrange.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace mcfa::detect {

/// Runs a stage, a cascade's first one unless said otherwise, on a plane of any size in one pass, step by step: its feature at every place at once.
template <class Model, class Stored = typename Model::scalar, std::size_t Stage = 0>
class plane_pass {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using prepared = prepared_model<T, B, Stored>;
    using A = typename prepared::activation;
    using footprints = footprint_at<net, Stage>;
    /// Two, and one for each sum whose other operand lives at one time.
    static constexpr int places = [] {
        int most = 0;
        auto const& layers = net::stages[Stage].layers;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            int live = 0;
            for (std::size_t later = i; later < layers.size(); ++later)
                live += layers[later].back > 0 && later - static_cast<std::size_t>(layers[later].back) <= i;
            most = std::max(most, live);
        }
        return 2 + most;
    }();

public:
    struct plane {
        T const* values = nullptr; ///< in the backend's memory, channels last
        shape size;
    };

    explicit plane_pass(prepared const& ready) : run(ready.backend()), ready_(ready), steps_(ready.steps(Stage)) {
        number_outputs(steps_, 0);
    }

    /// Values of the largest plane on the way from a plane of this size.
    std::size_t widest(int height, int width) const {
        shape s{net::stages[Stage].input.channels, height, width};
        std::size_t most = s.size();
        for (step const& each : steps_) most = std::max(most, (s = after(each, s)).size());
        return most;
    }

    /// From `given.size()` normalised pixels in the host's memory, channels last; the result is overwritten by the next call.
    plane operator()(T const* pixels, shape given) {
        make_room(given);
        if constexpr (std::is_same_v<T, A>) run.copy_in(planes_[0].data(), pixels, given.size());
        else compute(run, conversion<T, A>{.x = {pixels, given.size()}, .y = {planes_[0].data(), given.size()}});
        return run_steps(given);
    }

    /// Likewise from a plane in the backend's memory, the last one of the stage before; its values stay.
    plane operator()(plane const& before) {
        make_room(before.size);
        matrix<T const> const given{before.values, before.size.pixels(), before.size.channels};
        if constexpr (std::is_same_v<T, A>)
            compute(run, column_copy<T>{.from = given, .to = {planes_[0].data(), given.extents()}, .count = given.extent(1)});
        else compute(run, conversion<T, A>{.x = given.flat(), .y = {planes_[0].data(), given.size()}});
        return run_steps(before.size);
    }

    typename Model::execution run; ///< the backend's threads and scratch, for this pass alone

private:
    void make_room(shape given) {
        std::size_t const size = widest(given.height, given.width);
        for (auto& each : planes_)
            if (each.size() < size) each = typename B::template buffer<A>(size);
    }

    /// From the pixels or values in the first of the planes.
    plane run_steps(shape given) {
        auto const input_of = [&](int i) { return planes_[i > 0 ? steps_[static_cast<std::size_t>(i) - 1].slot : 0].data(); };
        shape s = given;
        A* x = planes_[0].data();
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            auto const in = batch_of(x, 1, s);
            s = after(steps_[i], s);
            x = planes_[steps_[i].slot].data();
            forward_step(ready_, *this, Stage, i, in, batch_of(input_of(steps_[i].skip), 1, s), batch_of(x, 1, s));
        }
        return {widened<T>(run, matrix<A const>(x, s.pixels(), s.channels)).data(), s};
    }

    static shape after(step const& each, shape s) {
        for (std::size_t i = each.first; i < each.end(); ++i)
            s = {net::stages[Stage].layers[i].out.channels, footprints::layers[i].outputs(s.height),
                 footprints::layers[i].outputs(s.width)};
        return s;
    }

    prepared const& ready_;
    std::vector<step> steps_; ///< their slots number the planes that they write; the first one has the pixels
    typename B::template buffer<A> planes_[places];
};

} // namespace mcfa::detect
