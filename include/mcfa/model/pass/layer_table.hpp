// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/layer/layer.hpp>
#include <mcfa/model/purpose.hpp>
#include <mcfa/op/pass.hpp>

#include <array>
#include <span>
#include <type_traits>

namespace mcfa {

/// What a pass over a cascade calls for one layer. Tables of these are all that a net's types leave behind at run time.
template <class T, class Backend>
struct layer_functions {
    void (*forward)(layer_pass<T, Backend> const&) = nullptr;
    void (*backward)(layer_pass<T, Backend> const&) = nullptr;
};

/// A layer's forward; what it returns is computed.
template <class L, class T, class Backend>
void layer_forward(layer_pass<T, Backend> const& p) {
    if constexpr (std::is_void_v<decltype(L::forward(p))>) L::forward(p);
    else compute(p.run, L::forward(p));
}

/// A layer's backward; what it returns is computed where something needs it.
template <class L, class T, class Backend>
void layer_backward(layer_pass<T, Backend> const& p) {
    if constexpr (std::is_void_v<decltype(L::backward(p))>) L::backward(p);
    else if (!p.dx.empty() || !p.dlearned.empty()) compute(p.run, L::backward(p));
}

/// Names which pass a type lacks to be a layer.
template <class L, class T, class Backend>
struct layer_lacks_a_pass {
    static_assert(
        requires { &L::template forward<T, Backend>; },
        "mcfa: a layer needs `template <class T, class B> static auto forward(layer_pass<T, B> const&)`; see <layer> above");
    static_assert(
        requires { &L::template backward<T, Backend>; },
        "mcfa: a layer needs `template <class T, class B> static auto backward(layer_pass<T, B> const&)`; see <layer> above");
};

/// `Use` is `purpose::training`, or `purpose::inference`: then there is no backward pass, and none is compiled.
template <class L, class T, class Backend, purpose Use>
constexpr layer_functions<T, Backend> functions_of() {
    if constexpr (requires {
                      &L::template forward<T, Backend>;
                      &L::template backward<T, Backend>;
                  }) {
        if constexpr (Use == purpose::training) return {&layer_forward<L, T, Backend>, &layer_backward<L, T, Backend>};
        else return {&layer_forward<L, T, Backend>, nullptr};
    } else {
        static_assert(stated<layer_lacks_a_pass<L, T, Backend>>);
        return {};
    }
}

template <class T, class Backend, class Layers, purpose Use>
struct stage_table;

template <class T, class Backend, class... Layers, purpose Use>
struct stage_table<T, Backend, layer_list<Layers...>, Use> {
    static constexpr std::array<layer_functions<T, Backend>, sizeof...(Layers)> functions{functions_of<Layers, T, Backend, Use>()...};
};

template <class T, class Backend, class Stages, purpose Use = purpose::training>
struct cascade_table;

template <class T, class Backend, class... Stages, purpose Use>
struct cascade_table<T, Backend, layer_list<Stages...>, Use> {
    static constexpr std::array<std::span<layer_functions<T, Backend> const>, sizeof...(Stages)> stages{
        std::span<layer_functions<T, Backend> const>(stage_table<T, Backend, typename Stages::layers, Use>::functions)...};
};

} // namespace mcfa
