// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>
#include <type_traits>

namespace mcfa::backend {

namespace device {

/// A product of dense row-major matrices:
///     c = op(a) op(b) + bias,   or   c += op(a) op(b)   where `adds`
/// op(a) is rows x depth, op(b) depth x columns, c rows x columns; a transposed one is stored the other way round.
/// `bias` has a value for each column, or is null.
struct matrix_product {
    int rows = 0;
    int columns = 0;
    int depth = 0;
    bool a_transposed = false;
    bool b_transposed = false;
    bool adds = false;
};

} // namespace device

/// A backend whose execution runs launches (see device/launch.hpp) and matrix products. Its execution offers
///     launch(program), multiply(matrix_product, a, b, bias, c), now(work), most_row_values(); library_* where it knows a library's
///     convolution (see device/convolution.hpp)
///     scratch<T>(name, count)    memory of the device, undefined at first; pointers to it mean nothing to the host
///     copy_in, copy_out, fill_zero
template <class B>
concept device_backend = std::bool_constant<B::is_device>::value;

} // namespace mcfa::backend
