// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mcfa {

/// Layers in data order, flat: one level of types however deep the net.
template <class... Layers>
struct layer_list {
    static constexpr std::size_t count = sizeof...(Layers);
};

template <class... A, class... B>
constexpr layer_list<A..., B...> operator+(layer_list<A...>, layer_list<B...>) {
    return {};
}

/// The layers that one element of a stage or block stands for: itself, or those of a block.
template <class Element>
constexpr auto layers_of() {
    if constexpr (requires { typename Element::layers; }) return typename Element::layers{};
    else return layer_list<Element>{};
}

/// Several layers, or blocks of layers, under one name; a stage takes them as if they were written out.
template <class... Elements>
struct block {
    using layers = decltype((layers_of<Elements>() + ... + layer_list<>{}));
};

struct vgg_options {
    bool batch_norm = false; ///< between convolution and rectifier
    bool pool = true;        ///< 2x2 maximum pool at the end
};

/// `Depth` times 3x3 convolution to `Channels` and rectifier, then a 2x2 maximum pool: Simonyan and Zisserman (ICLR 2015).
template <int Channels, int Depth, vgg_options Options = vgg_options{}>
struct vgg_block {
    static_assert(Depth > 0, "mcfa: vgg_block needs at least one convolution");

    static constexpr auto unit() {
        if constexpr (Options.batch_norm) return layer_list<conv<Channels, conv_options{.bias = false}>, batch_norm, relu>{};
        else return layer_list<conv<Channels>, relu>{};
    }
    static constexpr auto end() {
        if constexpr (Options.pool) return layer_list<max_pool<2>>{};
        else return layer_list<>{};
    }
    using layers = decltype([]<std::size_t... I>(std::index_sequence<I...>) {
        return (((void)I, unit()) + ... + end());
    }(std::make_index_sequence<static_cast<std::size_t>(Depth)>{}));
};

} // namespace mcfa
