// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/plan/step.hpp>

#include <cstddef>
#include <vector>

// Values that follow one another share a few places, numbered 0, 1, ...: two where steps follow one another alone, and one more for each
// value that lives on because an addition joins it.
namespace mcfa {

/// The first number that is not `busy`, nor `held(a)` for an addition a at or behind step i whose other operand is no later step's input.
template <class Held>
int free_slot(std::vector<step> const& steps, std::size_t i, int busy, Held const& held) {
    auto const is_taken = [&](int slot) {
        if (slot == busy) return true;
        for (std::size_t later = i; later < steps.size(); ++later)
            if (step const& s = steps[later]; s.is_addition() && s.skip <= static_cast<int>(i) && held(s) == slot) return true;
        return false;
    };
    int slot = 0;
    while (is_taken(slot)) ++slot;
    return slot;
}

/// Inference: numbers the place of each step's output. The stage's input is in place `input`, or in none of these if that is -1.
[[gnu::noinline]] inline void number_outputs(std::vector<step>& steps, int input) {
    auto const input_of = [&](std::size_t i) { return i == 0 ? input : steps[i - 1].slot; };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        int const x = input_of(i);
        steps[i].slot = steps[i].in_place ? x : free_slot(steps, i, x, [&](step const& s) { return input_of(s.skip); });
    }
}

/// Backward: numbers the place of the gradient of each step's output; that of its input is the one of the step before. The gradient of an
/// addition's output stays until the step whose input it joins has taken it.
[[gnu::noinline]] inline void number_gradients(std::vector<step>& steps) {
    if (!steps.empty()) steps.back().slot = 0;
    for (std::size_t i = steps.size(); i-- > 1;)
        steps[i - 1].slot = steps[i].in_place && !steps[i].is_addition()
                                ? steps[i].slot
                                : free_slot(steps, i, steps[i].slot, [](step const& s) { return s.slot; });
}

} // namespace mcfa
