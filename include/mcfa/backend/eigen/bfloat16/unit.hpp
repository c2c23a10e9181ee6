// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/choice.hpp>
#include <mcfa/backend/eigen/bfloat16/dense.hpp>
#include <mcfa/backend/eigen/bfloat16/direct.hpp>
#include <mcfa/backend/eigen/bfloat16/winograd.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

/// Weights of a window that covers the whole plane, each output's in the order of the input, (y, x, channel).
inline void lay_full_window(eigen::execution& run, convolution const& op, float const* weights, bfloat16* prepared) {
    std::size_t const channels = op.in.channels, area = op.in.pixels();
    run.launch(op.out_channels, [&](std::int64_t o) {
        matrix<float const> const from{weights + o * channels * area, channels, area};
        matrix<bfloat16> const to{prepared + o * channels * area, area, channels};
        for (std::size_t k = 0; k < area; ++k)
            for (std::size_t i = 0; i < channels; ++i) to(k, i) = bfloat16(from(i, k));
    });
}

/// The unit, by tiles of a policy or by none.
template <class Tiles>
void run_unit(eigen::execution& run, unit_forward_prepared<bfloat16, bfloat16> const& p) {
    auto const unit = p.geometry();
    convolution const& op = unit.product;
    std::size_t const batch = p.x.extent(0);
    eigen::execution::serial_guard const guard(run, static_cast<double>(op.weights()) * op.out().pixels() * static_cast<double>(batch));
    narrow_end const end{pack_bias(run, op.out_channels, p.bias.data()), unit.rectified, unit.pooled};
    switch (static_cast<narrow_algorithm>(p.layout.algorithm)) {
    case narrow_algorithm::product:
        if (!has_full_window(op))
            raise(shape_error({"convolution: weights prepared for one window of ", op.kernel, "x", op.kernel, " are run on a plane of ",
                               to_string(op.in)}));
        if (unit.pooled) return; // of one pixel there is no maximum
        return dense_in_pairs<Tiles>(run, p.x.rows(), {p.prepared.data(), op.out_channels, op.in.size()}, p.bias.data(), end.floor(),
                                     p.y.rows());
    case narrow_algorithm::direct:
        return correlate_pairs<Tiles>(run, forward_correlation(op), batch, p.x.data(), p.prepared.data(), end, p.y.data());
    case narrow_algorithm::winograd_2x2:
        return correlate_narrow_tiles<2>(run, forward_correlation(op), batch, p.x.data(), p.prepared.data(), end, p.y.data());
    case narrow_algorithm::winograd_4x4:
        return correlate_narrow_tiles<4>(run, forward_correlation(op), batch, p.x.data(), p.prepared.data(), end, p.y.data());
    }
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

template <>
struct kernel<unit_preparation<float, bfloat16>, backend::eigen> {
    static prepared_layout layout(convolution_unit const& op, weights_form form, int batch) {
        using namespace backend::eigen_engine;
        auto const chosen = choose_narrow(op.product, form, batch);
        return {static_cast<int>(chosen), narrow_weights_size(op.product, chosen)};
    }
    /// What computes a unit with this layout, in words.
    static std::string_view name(prepared_layout const& layout) {
        return backend::eigen_engine::name_of(static_cast<backend::eigen_engine::narrow_algorithm>(layout.algorithm));
    }

    static void run(backend::eigen::execution& run, unit_preparation<float, bfloat16> const& p) {
        using namespace backend::eigen_engine;
        auto const& w = p.weights;
        auto const plane = view<float const, 4>{nullptr, 1, w.extent(2), w.extent(3), w.extent(1)}; // the smallest; no layout asks for more
        convolution const op = convolution_of(plane, w, 1, 0);
        switch (static_cast<narrow_algorithm>(p.layout.algorithm)) {
        case narrow_algorithm::product:
            return lay_full_window(run, op, w.data(), p.prepared.data());
        case narrow_algorithm::direct:
            return pack_window_in_pairs(run, forward_correlation(op), false, w.data(), p.prepared.data());
        case narrow_algorithm::winograd_2x2:
            return transform_narrow_weights<2>(run, forward_correlation(op), w.data(), p.prepared.data());
        case narrow_algorithm::winograd_4x4:
            return transform_narrow_weights<4>(run, forward_correlation(op), w.data(), p.prepared.data());
        }
    }
};

template <>
struct kernel<unit_forward_prepared<bfloat16, bfloat16>, backend::eigen> {
    static void run(backend::eigen::execution& run, unit_forward_prepared<bfloat16, bfloat16> const& p) {
        using namespace backend::eigen_engine;
        with_tiles([&]<class Tiles>(std::type_identity<Tiles>) { run_unit<Tiles>(run, p); });
    }
};

} // namespace mcfa
