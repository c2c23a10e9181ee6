// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/view.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp> // xtensor 0.26 and later
#else
#include <xtensor/xtensor.hpp>
#endif

namespace mcfa {

/// The arrays that users see: images, windows, targets, predictions. Row-major, always a value, never a lazy expression.
template <class T, std::size_t Rank>
using array = xt::xtensor<T, Rank>;

/// Memory of another owner as an xtensor: what `xt::adapt` makes. Row-major; const if T is.
template <class T, std::size_t Rank>
using adapted_array = xt::xtensor_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>, Rank,
                                          xt::layout_type::row_major>;

/// The first `Rank` of `extents` are the shape.
template <std::size_t Rank, class T, class Extents>
adapted_array<T, Rank> adapted(T* data, Extents const& extents) {
    std::array<std::size_t, Rank> shape{};
    std::size_t size = 1;
    for (std::size_t d = 0; d < Rank; ++d) size *= shape[d] = static_cast<std::size_t>(extents[d]);
    using buffer = xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>;
    return adapted_array<T, Rank>(buffer(data, size), shape);
}

/// A view as an xtensor.
template <class T, int Rank>
adapted_array<T, static_cast<std::size_t>(Rank)> adapted(view<T, Rank> const& values) {
    return adapted<static_cast<std::size_t>(Rank)>(values.data(), values.extents());
}

/// An array as a view.
template <class T, std::size_t Rank>
view<T, static_cast<int>(Rank)> view_of(array<T, Rank>& values) {
    return {values.data(), values.shape()};
}
template <class T, std::size_t Rank>
view<T const, static_cast<int>(Rank)> view_of(array<T, Rank> const& values) {
    return {values.data(), values.shape()};
}

/// Any expression as a view of numbers of type T: in place if they lie row-major in memory, else evaluated into `copy`, which must live as long.
/// Throws `shape_error` for another rank.
template <class T, std::size_t Rank, class E>
view<T const, static_cast<int>(Rank)> dense_view(xt::xexpression<E> const& given, array<T, Rank>& copy) {
    E const& values = given.derived_cast();
    if (values.dimension() != Rank) raise(shape_error({"an array of rank ", values.dimension(), ", expected rank ", Rank}));
    if constexpr (std::same_as<std::remove_cv_t<typename E::value_type>, T> &&
                  requires { values.data() + values.data_offset() + values.strides()[0]; }) {
        std::array<std::size_t, Rank> extents{};
        std::ptrdiff_t stride = 1;
        bool dense = true;
        for (std::size_t d = Rank; d-- > 0;) {
            extents[d] = values.shape()[d];
            dense &=
                extents[d] == 1 || static_cast<std::ptrdiff_t>(values.strides()[d]) == stride; // xtensor's stride of an extent of 1 is 0
            stride *= static_cast<std::ptrdiff_t>(extents[d]);
        }
        if (dense) return {values.data() + values.data_offset(), extents};
    }
    copy = values;
    return view_of(std::as_const(copy));
}

} // namespace mcfa
