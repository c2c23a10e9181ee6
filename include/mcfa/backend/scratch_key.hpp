// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa::backend {

/// Scratch memory is named by a type, an empty struct beside the code that uses it. Its key is the address of this object, so that two uses
/// cannot collide.
template <class Name>
inline constexpr char scratch_key = 0;

} // namespace mcfa::backend
