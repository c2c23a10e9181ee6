// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace mcfa {

/// The library's version by semantic versioning (semver.org); the same as the CMake project's.
inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr std::string_view version = "0.1.0";

} // namespace mcfa
