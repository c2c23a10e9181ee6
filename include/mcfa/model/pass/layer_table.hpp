// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/layer.hpp>

#include <array>
#include <span>

namespace mcfa {

/// What a pass over a cascade calls for one layer. Tables of these are all that a net's types leave behind at run time.
template <class T, class Backend>
struct layer_functions {
    void (*forward)(layer_pass<T, Backend> const&) = nullptr;
    void (*backward)(layer_pass<T, Backend> const&) = nullptr;
};

template <class T, class Backend, class Layers>
struct stage_table;

template <class T, class Backend, class... Layers>
struct stage_table<T, Backend, layer_list<Layers...>> {
    static constexpr std::array<layer_functions<T, Backend>, sizeof...(Layers)> functions{
        layer_functions<T, Backend>{&Layers::template forward<T, Backend>, &Layers::template backward<T, Backend>}...};
};

template <class T, class Backend, class Stages>
struct cascade_table;

template <class T, class Backend, class... Stages>
struct cascade_table<T, Backend, layer_list<Stages...>> {
    static constexpr std::array<std::span<layer_functions<T, Backend> const>, sizeof...(Stages)> stages{
        std::span<layer_functions<T, Backend> const>(stage_table<T, Backend, typename Stages::layers>::functions)...};
};

} // namespace mcfa
