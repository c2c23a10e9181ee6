// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/activation.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/layer/residual.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

namespace mcfa::detect {

/// How a layer slides over its input, along either axis: output i reads `side` inputs from i * stride - pad on. A side of 0 means that the layer
/// does not slide, because it reads the whole plane at once.
struct footprint {
    int side = 0;
    int stride = 1;
    int pad = 0;

    constexpr int outputs(int inputs) const { return (inputs + 2 * pad - side) / stride + 1; }
};

/// The footprint of a layer; specialise it for a layer of your own that slides. Other layers keep their stage from being swept.
template <class Layer>
inline constexpr footprint footprint_of{};
template <int Channels, conv_options O>
inline constexpr footprint footprint_of<conv<Channels, O>>{O.dilation * (O.kernel - 1) + 1, O.stride, O.pad};
template <depthwise_options O>
inline constexpr footprint footprint_of<depthwise_conv<O>>{O.dilation * (O.kernel - 1) + 1, O.stride, O.pad};
template <int Window, int Stride, int Pad>
inline constexpr footprint footprint_of<max_pool<Window, Stride, Pad>>{Window, Stride, Pad};
template <int Window, int Stride, int Pad>
inline constexpr footprint footprint_of<average_pool<Window, Stride, Pad>>{Window, Stride, Pad};
template <int Percent>
inline constexpr footprint footprint_of<dropout<Percent>>{1, 1, 0};
template <int Back>
inline constexpr footprint footprint_of<add_skip<Back>>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<relu>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<prelu>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<batch_norm>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<sigmoid>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<swish>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<hard_swish>{1, 1, 0};
template <>
inline constexpr footprint footprint_of<gelu>{1, 1, 0};

/// The footprints of a stage's layers, and the footprint of them all together.
template <class Layers>
struct stage_footprint;

template <class... Layers>
struct stage_footprint<layer_list<Layers...>> {
    static constexpr std::array<footprint, sizeof...(Layers)> layers{footprint_of<Layers>...};
    static constexpr bool slides =
        ((footprint_of<Layers>.side > 0) && ...) && sums_slide(layer_list<Layers...>{}, {footprint_of<Layers>.stride...});
    static constexpr footprint whole = [] {
        footprint all{1, 1, 0};
        for (footprint const& f : layers) {
            all.side += (f.side - 1) * all.stride;
            all.pad += f.pad * all.stride;
            all.stride *= f.stride;
        }
        return all;
    }();
};

template <std::size_t J, class... Stages>
constexpr auto stage_at(layer_list<Stages...>) {
    return std::type_identity<std::tuple_element_t<J, std::tuple<Stages...>>>{};
}

/// That of stage J of a net.
template <class Net, std::size_t J>
using footprint_at = stage_footprint<typename decltype(stage_at<J>(typename Net::stage_types{}))::type::layers>;

/// That of a cascade's first stage.
template <class Net>
using first_footprint = footprint_at<Net, 0>;

} // namespace mcfa::detect
