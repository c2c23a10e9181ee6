// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/refusal.hpp>
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

/// Names which pass a type lacks to be a layer.
template <class L, class T, class Backend>
struct layer_lacks_a_pass {
    static_assert(
        requires { &L::template forward<T, Backend>; },
        "mcfa: a layer needs `template <class T, class B> static void forward(layer_pass<T, B> const&)`; see <layer> above");
    static_assert(
        requires { &L::template backward<T, Backend>; },
        "mcfa: a layer needs `template <class T, class B> static void backward(layer_pass<T, B> const&)`; see <layer> above");
};

template <class L, class T, class Backend>
constexpr layer_functions<T, Backend> functions_of() {
    if constexpr (requires {
                      &L::template forward<T, Backend>;
                      &L::template backward<T, Backend>;
                  }) {
        return {&L::template forward<T, Backend>, &L::template backward<T, Backend>};
    } else {
        static_assert(stated<layer_lacks_a_pass<L, T, Backend>>);
        return {};
    }
}

template <class T, class Backend, class Layers>
struct stage_table;

template <class T, class Backend, class... Layers>
struct stage_table<T, Backend, layer_list<Layers...>> {
    static constexpr std::array<layer_functions<T, Backend>, sizeof...(Layers)> functions{functions_of<Layers, T, Backend>()...};
};

template <class T, class Backend, class Stages>
struct cascade_table;

template <class T, class Backend, class... Stages>
struct cascade_table<T, Backend, layer_list<Stages...>> {
    static constexpr std::array<std::span<layer_functions<T, Backend> const>, sizeof...(Stages)> stages{
        std::span<layer_functions<T, Backend> const>(stage_table<T, Backend, typename Stages::layers>::functions)...};
};

} // namespace mcfa
