// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"

#include <memory>
#include <string>

// The paper's cascade by its stages, each compiled on its own. `make_cascade` chooses among them.
std::unique_ptr<chosen_cascade> make_s_cascade(std::string const& width, mcfa::seed seed, int threads);
std::unique_ptr<chosen_cascade> make_sm_cascade(std::string const& width, mcfa::seed seed, int threads);
std::unique_ptr<chosen_cascade> make_sml_cascade(std::string const& width, mcfa::seed seed, int threads);
