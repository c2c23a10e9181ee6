// SPDX-License-Identifier: MIT
#pragma once

#include "ablation/comparison.hpp"

#include <string>
#include <vector>

/// The figures of the page as JSON, and those of every run: `facts`, `hardest`, `rules` (each against the first), `nets` (those of each rule against
/// its first), `single_tasks`, `runs`. What was
/// not measured is null. `names` of the attributes.
std::string report_json(std::vector<std::string> const& facts, std::vector<run_answers> const& runs, comparison const& found,
                        std::vector<std::string> const& names);
