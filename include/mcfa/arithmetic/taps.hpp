// SPDX-License-Identifier: MIT
#pragma once

// Where the taps of a window lie, for an operation with `stride`, `dilation` and `pad`.
namespace mcfa::arithmetic {

/// Where tap k of the window at output `o` reads along an axis of `size` inputs; -1 beyond its ends.
template <class Operation>
constexpr int tap_input(Operation const& op, int o, int k, int size) {
    int const i = o * op.stride + k * op.dilation - op.pad;
    return i < size ? (i < 0 ? -1 : i) : -1;
}

/// Which output reads input i by tap k along an axis of `size` outputs; -1 if none does.
template <class Operation>
constexpr int tap_output(Operation const& op, int i, int k, int size) {
    int const at = i + op.pad - k * op.dilation;
    if (at < 0 || at % op.stride != 0 || at / op.stride >= size) return -1;
    return at / op.stride;
}

} // namespace mcfa::arithmetic
