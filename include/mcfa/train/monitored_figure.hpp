// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/train/validation.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

// The figure of a validation by which `best` is chosen and early stop goes: "loss", or a task's, such as "landmarks.nme".
namespace mcfa {

/// Its name with the task's; throws `option_error` if the net's tasks have no such figure.
inline std::string name_of_figure(net_info const& net, std::string const& monitor) {
    if (monitor == "loss") return monitor;
    evaluation_results nothing{{{}}, 0}; // the figures' names, before there is anything to find
    for (task_info const& task : net.tasks) nothing.stages[0].figures.emplace_back(std::string(task.name), task.make_metric()->figures());
    return nothing.full_name(monitor);
}

/// Its value, scale_of(k) being the factor of term k in the loss. Throws `option_error` if no window had a label for it.
template <class Scale>
double value_of_figure(std::string const& monitor, evaluation_results const& found, Scale const& scale_of) {
    if (monitor != "loss") {
        double const value = found.at(monitor);
        if (std::isnan(value)) throw option_error({"monitor '", monitor, "': no window of the validation data has a label for it"});
        return value;
    }
    std::vector<double> scales;
    for (std::size_t k = 0; k < found.stages.back().losses.size(); ++k) scales.push_back(scale_of(k));
    return found.total(scales);
}

/// Of losses and errors the smaller is better, of everything else the larger.
inline bool is_better(std::string const& monitor, double value, double best) {
    bool const smaller = monitor == "loss" || monitor.ends_with(".nme") || monitor.ends_with(".impossible");
    return smaller ? value < best : value > best;
}

/// Whether a window of the batch has a label for it.
inline bool has_label_for(net_info const& net, std::string const& monitor, batch const& b) {
    for (task_info const& task : net.tasks)
        if (monitor == "loss" || monitor.starts_with(std::string(task.name) + "."))
            for (int k = task.first_term; k < task.first_term + task.terms; ++k)
                for (std::size_t n = 0; n < b.size; ++n)
                    if (b.masks(n, k) != 0) return true;
    return false;
}

} // namespace mcfa
