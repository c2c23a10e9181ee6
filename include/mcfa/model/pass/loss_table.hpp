// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/heads.hpp>
#include <mcfa/op/loss.hpp>

#include <array>

namespace mcfa {

/// What training calls for the loss of one task: a net's loss types leave a table of these behind, as its layers leave theirs.
template <class T, class Backend>
using loss_pass = void (*)(typename Backend::execution&, loss_arguments<T> const&);

template <class T, class Backend, class L>
void evaluate_loss(typename Backend::execution& run, loss_arguments<T> const& arguments) {
    compute(run, loss_evaluate<T, L>{arguments});
}

template <class T, class Backend, class Tasks>
struct loss_table;

/// In the order of the tasks.
template <class T, class Backend, class... Tasks>
struct loss_table<T, Backend, layer_list<Tasks...>> {
    static constexpr std::array<loss_pass<T, Backend>, sizeof...(Tasks)> passes{&evaluate_loss<T, Backend, typename Tasks::loss>...};
};

} // namespace mcfa
