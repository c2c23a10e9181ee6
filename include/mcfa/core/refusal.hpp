// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

/// Instantiates a struct of static assertions, whose sentences say what is wrong; itself it is always true. So a failed assertion stays
/// the only error: Clang takes the struct for ill-formed afterwards, and reports each use of it as one more.
template <class Refusal>
inline constexpr bool stated = requires { sizeof(Refusal); } || true;

} // namespace mcfa
