// SPDX-License-Identifier: MIT
#pragma once

#include "ablation/comparison.hpp"

#include <string>
#include <vector>

/// A page of HTML that needs no other file: tables with mean and spread over seeds, paired tests, curves. `facts` are paragraphs at its head: command,
/// library, machine. `names` of the attributes.
std::string ablation_page(std::vector<std::string> const& facts, std::vector<run_answers> const& runs, comparison const& found,
                          std::vector<std::string> const& names);
