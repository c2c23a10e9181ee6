// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>

// Parts of arrays, `xt::view(photo, xt::range(10, 50), xt::all())`, and expressions of them. Include this where a program makes
// them; the library itself only takes them.
#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/core/xmath.hpp> // xtensor 0.26 and later
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
#endif
