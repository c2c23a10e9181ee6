// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// Channels last to channels first, the order in which a dense layer after `flatten` counts its inputs (PyTorch's order).
///
/// `kernel<to_planes, B>` has
///     forward(run, op, batch, x, y)
///     backward(run, op, batch, dy, dx)
struct to_planes {
    shape in;
};

/// Copies a block of columns between row-major matrices: the concatenation of stage features, and its gradient.
///
/// `kernel<columns, B>` has
///     copy(run, op, rows, from, to)    to[r, to_first + c]  = from[r, from_first + c]
///     add(run, op, rows, from, to)     to[r, to_first + c] += from[r, from_first + c]
struct columns {
    int count = 0;
    int from_width = 0;
    int from_first = 0;
    int to_width = 0;
    int to_first = 0;
};

} // namespace mcfa
