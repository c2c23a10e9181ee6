// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/patches.hpp>

namespace mcfa::arithmetic {

/// Where tap k of the window at output `o` reads along an axis of `size` inputs; -1 beyond its ends.
constexpr int patch_input(grouped_convolution const& op, int o, int k, int size) {
    int const i = o * op.stride + k * op.dilation - op.pad;
    return i < size ? (i < 0 ? -1 : i) : -1;
}

/// Which output reads input i by tap k along an axis of `size` outputs; -1 if none does.
constexpr int patch_output(grouped_convolution const& op, int i, int k, int size) {
    int const at = i + op.pad - k * op.dilation;
    if (at < 0 || at % op.stride != 0 || at / op.stride >= size) return -1;
    return at / op.stride;
}

} // namespace mcfa::arithmetic
