// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

/// How a backend computes an operation: specialised by the backend for each `Op`, declared only here.
/// An operation is a plain struct of numbers, so a backend is instantiated per scalar and never per net.
template <class Op, class Backend>
struct kernel;

/// True where `Backend` can run `Op`.
template <class Backend, class Op>
concept runs = requires { sizeof(kernel<Op, Backend>); };

} // namespace mcfa
