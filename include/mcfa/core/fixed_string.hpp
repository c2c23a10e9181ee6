// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mcfa {

/// A string literal as a template argument: `attributes<"Smiling", "Eyeglasses">`.
template <std::size_t N>
struct fixed_string {
    char text[N]{};

    constexpr fixed_string(char const (&literal)[N]) { std::copy_n(literal, N, text); }
    constexpr std::string_view view() const { return {text, N - 1}; }
    constexpr operator std::string_view() const { return view(); }
    friend constexpr bool operator==(fixed_string const&, fixed_string const&) = default;
};

} // namespace mcfa
