// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/choice.hpp>
#include <mcfa/backend/eigen/int8/dense.hpp>
#include <mcfa/backend/eigen/int8/direct.hpp>
#include <mcfa/backend/eigen/int8/weights.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/op/int8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

enum class int8_algorithm { product, direct };

/// Whether the window is the full input; a dense layer is a window of one pixel on one pixel.
inline bool is_one_window(convolution const& op) { return op.pad == 0 && op.kernel == op.in.height && op.kernel == op.in.width; }

struct quad_starts {};  // scratch memory
struct quad_factors {}; // scratch memory

/// `values` on whole vectors, zero beyond.
template <class Name, class T, class Execution>
T const* on_whole_vectors(Execution& run, Name name, row<T const> const& values) {
    auto const copy = run.template scratch<T>(name, whole_vectors<T>(static_cast<int>(values.size())));
    std::fill(std::copy_n(values.data(), values.size(), copy.begin()), copy.end(), T(0));
    return copy.data();
}

/// The unit, by tiles of a policy or by none.
template <class Tiles, class Out>
void run_unit(eigen::execution& run, int8_unit_forward<Out> const& p) {
    auto const unit = p.geometry();
    convolution const& op = unit.product;
    std::size_t const batch = p.x.extent(0);
    eigen::execution::serial_guard const guard(run, static_cast<double>(op.weights()) * op.out().pixels() * static_cast<double>(batch));
    quad_end<Out> const finish{on_whole_vectors(run, quad_starts{}, p.starts), on_whole_vectors(run, quad_factors{}, p.factors), p.y_zero,
                               p.rectified};
    if (static_cast<int8_algorithm>(p.layout.algorithm) == int8_algorithm::direct)
        return correlate_quads<Tiles>(run, forward_correlation(op), batch, p.x.data(), static_cast<std::uint8_t>(p.x_zero),
                                      p.prepared.data(), finish, unit.pooled, p.y.data());
    if (!is_one_window(op))
        raise(shape_error(
            {"convolution: weights prepared for one window of ", op.kernel, "x", op.kernel, " are run on a plane of ", to_string(op.in)}));
    if (unit.pooled) return; // of one pixel there is no maximum
    dense_in_quads<Tiles>(run, p.x.rows(), {p.prepared.data(), op.out_channels, op.in.size()}, finish, p.y.rows());
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

template <>
struct kernel<int8_unit_preparation<float>, backend::eigen> {
    static prepared_layout layout(convolution const& op) {
        using namespace backend::eigen_engine;
        if (is_one_window(op)) return {static_cast<int>(int8_algorithm::product), op.weights()};
        auto const c = forward_correlation(op);
        return {static_cast<int>(int8_algorithm::direct),
                quad_panel_size(static_cast<std::size_t>(op.kernel) * window_quads(c), op.out_channels)};
    }
    /// What computes a unit with this layout, in words.
    static std::string_view name(prepared_layout const& layout) {
        constexpr std::string_view names[] = {"one product in 8 bits", "direct, products in 8 bits"};
        return names[static_cast<std::size_t>(layout.algorithm)];
    }

    static void run(backend::eigen::execution& run, int8_unit_preparation<float> const& p) {
        using namespace backend::eigen_engine;
        auto const& w = p.weights;
        auto const plane = view<float const, 4>{nullptr, 1, w.extent(2), w.extent(3), w.extent(1)}; // the smallest; no layout asks for more
        convolution const op = convolution_of(plane, w, 1, 0);
        if (op.weights() / static_cast<std::size_t>(op.out_channels) > most_int8_products)
            raise(option_error({"arithmetic in int8: a sum of ", op.weights() / static_cast<std::size_t>(op.out_channels),
                                " products would leave 32 bits, at most ", most_int8_products, " do not"}));
        if (static_cast<int8_algorithm>(p.layout.algorithm) == int8_algorithm::product) lay_full_window_in_quads(run, op, p);
        else pack_window_in_quads(run, forward_correlation(op), p);
    }
};

template <class Out>
    requires(std::is_same_v<Out, float> || std::is_same_v<Out, std::uint8_t>)
struct kernel<int8_unit_forward<Out>, backend::eigen> {
    static void run(backend::eigen::execution& run, int8_unit_forward<Out> const& p) {
        using namespace backend::eigen_engine;
        with_tiles([&]<class Tiles>(std::type_identity<Tiles>) { run_unit<Tiles>(run, p); });
    }
};

} // namespace mcfa
