// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/footprint.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/plan/slots.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace mcfa::detect {

/// Runs a cascade's first stage on a plane of any size in one pass, step by step: the stage's feature at every place at once.
template <class Model, class Stored = typename Model::scalar>
class plane_pass {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using prepared = prepared_model<T, B, Stored>;
    using A = typename prepared::activation;
    using footprints = first_footprint<net>;

public:
    struct plane {
        T const* values = nullptr; ///< in the backend's memory, channels last
        shape size;
    };

    explicit plane_pass(prepared const& ready)
        : run(ready.backend()), ready_(ready), slots_(output_slots(ready.steps(0), 0)), inputs_(slots_.size()) {
        planes_.resize(static_cast<std::size_t>(slots_.empty() ? 0 : *std::ranges::max_element(slots_)) + 1);
    }

    /// Values of the largest plane on the way from a plane of this size.
    std::size_t widest(int height, int width) const {
        shape s{net::stages[0].input.channels, height, width};
        std::size_t most = s.size();
        for (step const& each : ready_.steps(0)) most = std::max(most, (s = after(each, s)).size());
        return most;
    }

    /// From `given.size()` normalised pixels in the host's memory, channels last; the result is overwritten by the next call.
    plane operator()(T const* pixels, shape given) {
        auto const& steps = ready_.steps(0);
        std::size_t const size = widest(given.height, given.width);
        for (auto& each : planes_)
            if (each.size() < size) each = typename B::template buffer<A>(size);
        if constexpr (std::is_same_v<T, A>) run.copy_in(planes_[0].data(), pixels, given.size());
        else compute(run, conversion<T, A>{.x = {pixels, given.size()}, .y = {planes_[0].data(), given.size()}});
        planes<A const> x = batch_of(planes_[0].data(), 1, given);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            inputs_[i] = x;
            planes<A> const y = batch_of(planes_[static_cast<std::size_t>(slots_[i])].data(), 1, after(steps[i], sample_shape(x)));
            forward_step(ready_, *this, 0, i, x,
                         steps[i].is_addition() ? inputs_[static_cast<std::size_t>(steps[i].skip)] : planes<A const>{}, y);
            x = y;
        }
        return {widened<T>(run, x.rows().as(x.extent(1) * x.extent(2), x.extent(3))).data(), sample_shape(x)};
    }

    typename Model::execution run; ///< the backend's threads and scratch, for this pass alone

private:
    static shape after(step const& each, shape s) {
        for (std::size_t i = each.first; i < each.end(); ++i)
            s = {net::stages[0].layers[i].out.channels, footprints::layers[i].outputs(s.height), footprints::layers[i].outputs(s.width)};
        return s;
    }

    prepared const& ready_;
    std::vector<int> slots_;              ///< which of the planes each step writes; the first one has the pixels
    std::vector<planes<A const>> inputs_; ///< of each step
    std::vector<typename B::template buffer<A>> planes_;
};

} // namespace mcfa::detect
