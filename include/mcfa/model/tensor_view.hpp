// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/tensor.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace mcfa {

/// Where a tensor of this name and rank lies. Throws `shape_error` for a name that the model has not, and for another rank.
template <class T, class Backend>
tensor_info const& tensor_at(basic_model<T, Backend> const& m, std::string_view name, int rank) {
    for (tensor_info const& tensor : m.tensors()) {
        if (tensor.name != name) continue;
        if (tensor.spec.rank != rank) throw shape_error({"tensor ", name, " has rank ", tensor.spec.rank, ", requested as rank ", rank});
        return tensor;
    }
    throw shape_error({"the model has no tensor ", name});
}

/// A tensor of a model in the host's memory as an xtensor, in place: what is written is the model's.
///
///     auto weights = tensor_view<4>(m, "small.conv1_1.weight"); // (out, in, height, width)
///     weights *= 0.5f;
///
/// A `prepared_model`, `predictor` or `detector` made before keeps the values of then. Throws `shape_error` as `tensor_at` does.
template <std::size_t Rank, class T, class Backend>
    requires Backend::is_host
adapted_array<T, Rank> tensor_view(basic_model<T, Backend>& m, std::string_view name) {
    tensor_info const& tensor = tensor_at(m, name, Rank);
    return adapted<Rank>(m.data() + tensor.first, tensor.spec.dims);
}
/// The same of a model that is not changed.
template <std::size_t Rank, class T, class Backend>
    requires Backend::is_host
adapted_array<T const, Rank> tensor_view(basic_model<T, Backend> const& m, std::string_view name) {
    tensor_info const& tensor = tensor_at(m, name, Rank);
    return adapted<Rank>(m.data() + tensor.first, tensor.spec.dims);
}

} // namespace mcfa
