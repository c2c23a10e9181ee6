// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>

#include <version>

#ifdef __cpp_lib_expected
#include <expected>
#else
#include <optional>
#include <utility>
#include <variant>
#endif

namespace mcfa {

#ifdef __cpp_lib_expected

/// A value, or the error that stands in its place. `std::expected` where the standard library has it, else a type with the same members.
template <class T>
using expected = std::expected<T, error>;
/// An error on its way into an `expected`.
using unexpected = std::unexpected<error>;

#else

/// An error on its way into an `expected`. `std::unexpected<error>` where the standard library has it.
class unexpected {
public:
    explicit unexpected(mcfa::error problem) : problem_(std::move(problem)) {}
    mcfa::error const& error() const { return problem_; }

private:
    mcfa::error problem_;
};

/// A value, or the error that stands in its place. `std::expected<T, error>` where the standard library has it.
template <class T>
class expected {
public:
    expected(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    expected(unexpected problem) : content_(std::in_place_index<1>, problem.error()) {}
    /// A value made in place, which need not be movable.
    template <class... Arguments>
    explicit expected(std::in_place_t, Arguments&&... arguments)
        : content_(std::in_place_index<0>, std::forward<Arguments>(arguments)...) {}

    bool has_value() const { return content_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    /// Only where there is a value.
    T& operator*() & { return *std::get_if<0>(&content_); }
    T const& operator*() const& { return *std::get_if<0>(&content_); }
    T&& operator*() && { return std::move(**this); }
    T* operator->() { return std::get_if<0>(&content_); }
    T const* operator->() const { return std::get_if<0>(&content_); }

    /// Only where there is an error.
    mcfa::error const& error() const { return *std::get_if<1>(&content_); }

private:
    std::variant<T, mcfa::error> content_;
};

/// Nothing, or the error that stands in its place.
template <>
class expected<void> {
public:
    expected() = default;
    expected(unexpected problem) : problem_(problem.error()) {}
    bool has_value() const { return !problem_; }
    explicit operator bool() const { return has_value(); }
    mcfa::error const& error() const { return *problem_; }

private:
    std::optional<mcfa::error> problem_;
};

#endif

} // namespace mcfa
