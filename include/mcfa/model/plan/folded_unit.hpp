// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/model/plan/step.hpp>
#include <mcfa/op/batch_normalisation.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa {

/// A convolution's weights and bias with the measured statistics of the batch normalisation behind it folded in, in the host's memory.
template <class T>
struct folded_unit {
    std::vector<T> weights; ///< empty if nothing is folded: then they are the layer's own
    std::vector<T> bias;    ///< (out_channels), zero where the layer has none

    /// With normalisation, gamma (conv(x) + bias - mean) / sqrt(variance + epsilon) + beta is a convolution too: with the weights of
    /// output channel o times scale[o] = gamma / sqrt(variance + epsilon), and the bias beta + scale (bias - mean). `values` are the model's.
    folded_unit(net_info const& net, stage_info const& stage, step const& s, std::vector<T> const& values) {
        layer_info const& layer = stage.layers[s.first];
        std::size_t const channels = s.unit.product.out_channels;
        std::size_t const count = s.unit.product.weights();
        T const* const own = values.data() + stage.first_learned + layer.first_learned;
        bias.assign(channels, T(0));
        if (layer.learned > count) bias.assign(own + count, own + count + channels);
        if (!s.normalised) return;
        layer_info const& normalisation = stage.layers[s.first + 1];
        T const* const gamma = values.data() + stage.first_learned + normalisation.first_learned;
        T const* const mean = values.data() + net.learned + stage.first_statistic + normalisation.first_statistic;
        weights.assign(own, own + count);
        std::size_t const each = count / channels;
        for (std::size_t o = 0; o < channels; ++o) {
            T const scale = static_cast<T>(static_cast<double>(gamma[o]) /
                                           std::sqrt(static_cast<double>(mean[channels + o]) + batch_normalisation_epsilon));
            for (std::size_t i = 0; i < each; ++i) weights[o * each + i] *= scale;
            bias[o] = gamma[channels + o] + scale * (bias[o] - mean[o]);
        }
    }
};

} // namespace mcfa
