// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"

#include <mcfa/backend/eigen/bfloat16/training/backend.hpp>

#include <memory>

using bf16_model_type = mcfa::basic_model<float, mcfa::backend::eigen_in<mcfa::bf16>>;

/// The net that was chosen, to train with products in bfloat16. Throws mcfa::option_error for a choice that there is none of.
std::shared_ptr<bf16_model_type> make_bf16_model(net_choice const& choice, mcfa::seed seed, int threads);
