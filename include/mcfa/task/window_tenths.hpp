// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

/// Positions and lengths on a window as heads learn them: tenths of the window's side more or less than half of it. Adam's steps have one
/// size whatever a gradient's is, so outputs must vary about as much as other logits do: in whole sides every step at a usual rate would move a
/// landmark by more than the error it should end with.
constexpr float to_tenths(float sides) { return (sides - 0.5f) * 10; }

/// In units of the window's side again.
constexpr float from_tenths(float tenths) { return 0.5f + tenths / 10; }

} // namespace mcfa
