// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/plan/step.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mcfa {

// Values that follow one another are in few places, numbered 0, 1, ...: two where steps follow one another alone, and one more for each
// value that an addition joins later.

/// The first number that is not among `taken`.
inline int free_slot(std::vector<int> const& taken) {
    int slot = 0;
    while (std::ranges::find(taken, slot) != taken.end()) ++slot;
    return slot;
}

/// Inference: the number of the place of each step's output. The stage's input is in place `input`, or in none of these if that is -1.
inline std::vector<int> output_slots(std::vector<step> const& steps, int input) {
    std::vector<int> slots;
    auto const input_of = [&](std::size_t i) { return i == 0 ? input : slots[i - 1]; };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].in_place) {
            slots.push_back(input_of(i));
            continue;
        }
        std::vector<int> taken{input_of(i)};
        for (std::size_t later = i; later < steps.size(); ++later)
            if (steps[later].is_addition() && static_cast<std::size_t>(steps[later].skip) <= i)
                taken.push_back(input_of(static_cast<std::size_t>(steps[later].skip)));
        slots.push_back(free_slot(taken));
    }
    return slots;
}

/// Backward: the number of the place of the gradient of each step's output; that of its input is the one of the step before. The gradient of
/// an addition's output stays until the step whose input it joins has taken it.
inline std::vector<int> gradient_slots(std::vector<step> const& steps) {
    std::vector<int> slots(steps.size(), 0);
    for (std::size_t i = steps.size(); i-- > 1;) {
        if (steps[i].in_place && !steps[i].is_addition()) {
            slots[i - 1] = slots[i];
            continue;
        }
        std::vector<int> taken{slots[i]};
        for (std::size_t later = i; later < steps.size(); ++later)
            if (steps[later].is_addition() && static_cast<std::size_t>(steps[later].skip) <= i) taken.push_back(slots[later]);
        slots[i - 1] = free_slot(taken);
    }
    return slots;
}

} // namespace mcfa
