// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/eigen_core.hpp>
#include <mcfa/core/view.hpp>

#include <type_traits>

namespace mcfa {

namespace eigen_map {

/// An Eigen row-major matrix, const if T is.
template <class T>
using dense_matrix =
    std::conditional_t<std::is_const_v<T>, Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const,
                       Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <class T>
using dense_row = std::conditional_t<std::is_const_v<T>, Eigen::Matrix<std::remove_const_t<T>, 1, Eigen::Dynamic> const,
                                     Eigen::Matrix<T, 1, Eigen::Dynamic>>;

} // namespace eigen_map

/// A view as Eigen's matrix over the same memory, so that the maths of a layer is an Eigen expression:
///     map(p.y).array() = map(p.x).array() / (1 + (-map(p.x).array()).exp());
template <class T>
inline auto map(matrix<T> const& m) {
    return Eigen::Map<eigen_map::dense_matrix<T>>(m.data(), static_cast<Eigen::Index>(m.extent(0)), static_cast<Eigen::Index>(m.extent(1)));
}
/// Activations as a matrix with a row for each pixel of each sample, and a column for each channel.
template <class T>
inline auto map(planes<T> const& p) {
    return map(p.as(p.extent(0) * p.extent(1) * p.extent(2), p.extent(3)));
}
/// A view of one extent as Eigen's row vector.
template <class T>
inline auto map(row<T> const& r) {
    return Eigen::Map<eigen_map::dense_row<T>>(r.data(), static_cast<Eigen::Index>(r.size()));
}

} // namespace mcfa
