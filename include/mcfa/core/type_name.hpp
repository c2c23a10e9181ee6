// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string_view>

namespace mcfa {

/// The name of a type as its author wrote it, without namespaces and template arguments: `small` for `app::small`.
/// A type may say its own with `static constexpr std::string_view name`.
template <class T>
constexpr std::string_view type_name() {
    if constexpr (requires {
                      { T::name } -> std::convertible_to<std::string_view>;
                  }) {
        return T::name;
    } else {
        std::string_view text = __PRETTY_FUNCTION__; // g++: "... [with T = app::small; ...]", clang: "... [T = app::small]"
        text.remove_prefix(text.find("T = ") + 4);
        text = text.substr(0, text.find_first_of(";]<"));
        auto const scope = text.rfind("::");
        return scope == std::string_view::npos ? text : text.substr(scope + 2);
    }
}

} // namespace mcfa
