#pragma once

#include <algorithm>
#include <cstddef>

#include <mcfa/detect/footprint.hpp>
#include <mcfa/model/model.hpp>

namespace mcfa::detect {

/// Runs the layers of a cascade's first stage on a plane of any size in one pass: the stage's feature at every place at once. All that the
/// sweep asks of the layers is asked here, so a faster way through a whole chain of them has one place to stand in.
template <class Model>
class plane_pass {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using footprints = first_footprint<net>;

public:
    struct plane {
        T const* values = nullptr; ///< in the backend's memory, channels last
        shape size;
    };

    explicit plane_pass(Model const& m) : run(m.backend()), model_(m) {}

    /// Values of the largest plane on the way from a plane of this size.
    static std::size_t widest(int height, int width) {
        std::size_t most = shape{net::stages[0].input.channels, height, width}.size();
        for (std::size_t i = 0; i < footprints::layers.size(); ++i) {
            height = footprints::layers[i].outputs(height);
            width = footprints::layers[i].outputs(width);
            most = std::max(most, shape{net::stages[0].layers[i].out.channels, height, width}.size());
        }
        return most;
    }

    /// From `given.size()` normalised pixels in the host's memory, channels last; the result is overwritten by the next call.
    plane operator()(T const* pixels, shape given) {
        std::size_t const size = widest(given.height, given.width);
        for (auto& each : planes_)
            if (each.size() < size) each = typename B::template buffer<T>(size);
        run.copy_in(planes_[0].data(), pixels, given.size());
        std::size_t turn = 0;
        shape s = given;
        for (std::size_t i = 0; i < footprints::layers.size(); ++i) {
            layer_info const& layer = net::stages[0].layers[i];
            layer_pass<T, B> p{run};
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
        return {planes_[turn].data(), s};
    }

    typename Model::execution run; ///< the backend's threads and scratch, for this pass alone

private:
    Model const& model_;
    typename B::template buffer<T> planes_[2]; ///< layers read one and write the other in turn
};

} // namespace mcfa::detect
