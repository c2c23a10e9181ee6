// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/face_class.hpp>
#include <mcfa/task/task.hpp>

#include <cstddef>

namespace mcfa::detect {

/// Whether a cascade's heads learn a task.
template <class Tasks, class Task>
constexpr bool learns() {
    for (auto const& info : Tasks::info)
        if (info.name == Task::name) return true;
    return false;
}

/// Where the logits of face and background begin among those of all tasks.
template <class Tasks>
constexpr std::size_t face_logit() {
    for (auto const& info : Tasks::info)
        if (info.name == face_class::name) return info.first_logit;
    return 0;
}

} // namespace mcfa::detect
