// SPDX-License-Identifier: MIT
#pragma once

#include "ablation/comparison.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>

/// What a finished run left in its folder, `answers.json`; nothing where there is none. `options` are those of the ablation that all its runs share: throws
/// mcfa::option_error where the run was trained with others.
std::optional<run_answers> read_answers(std::filesystem::path const& folder, nlohmann::json const& options);

/// Writes it, whole or not at all.
void write_answers(std::filesystem::path const& folder, run_answers const& answers, nlohmann::json const& options);
