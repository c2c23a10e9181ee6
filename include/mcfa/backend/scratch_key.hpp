// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa::backend {

/// Scratch memory is named by a type, an empty struct beside the code that uses it: its key is this object's address, so that no two
/// uses collide by accident.
template <class Name>
inline constexpr char scratch_key = 0;

} // namespace mcfa::backend
