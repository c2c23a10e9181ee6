// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/direct.hpp>
#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/bfloat16/winograd.hpp>
#include <mcfa/backend/eigen/convolution/choice.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <string_view>

// Which algorithm computes a convolution in bfloat16: the one place that chooses it.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

enum class narrow_algorithm { product, direct, winograd_2x2, winograd_4x4 };

inline std::string_view name_of(narrow_algorithm a) {
    constexpr std::string_view names[] = {"one product of bfloat16", "direct, products of bfloat16",
                                          "Winograd F(2x2, 3x3), products of bfloat16", "Winograd F(4x4, 3x3), products of float"};
    return names[static_cast<std::size_t>(a)];
}

/// What multiplies in the direct engine and in dense layers, in words.
inline std::string_view pairs_by() { return uses_tiles() ? "AMX-BF16" : pair_engine; }

/// Products of bfloat16 in the time of one of float, as measured in registers: Zen 4 starts two such instructions where it starts two of float,
/// a Xeon of the Emerald Rapids generation one where it starts four.
inline double pair_speed() {
    if (!multiplies_pairs) return 0.6;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_is("amd")) return 2;
#endif
    return 0.5;
}

/// Such products of the direct engine, and of Winograd's, which has none in tiles. TDPBF16PS was measured at 6.7 times float's rate on a Xeon.
struct pair_speeds {
    double direct, winograd;

    static pair_speeds here() { return {uses_tiles() ? 6.7 : pair_speed(), pair_speed()}; }
};

/// The algorithm with the lowest estimated cost for passes over about `batch` samples. In products of float, for each pair of an input and an output
/// channel, the estimate adds products, transforms (for each tile as many for a channel as were measured) and the traffic of weights.
inline narrow_algorithm choose_narrow(convolution const& op, weights_form form, double batch, pair_speeds speeds = pair_speeds::here()) {
    if (has_full_window(op)) return narrow_algorithm::product;
    auto const c = forward_correlation(op);
    if (form == weights_form::lean || !suits_winograd(c) || c.in.channels < 12 || c.out.channels < 12) return narrow_algorithm::direct;
    auto const cost = [&](int outputs, double speed, double transforms) {
        int const side = outputs == 1 ? 3 : outputs + 2, points = side * side;
        int const tiles = (c.out.height + outputs - 1) / outputs * ((c.out.width + outputs - 1) / outputs);
        double const weights = multiply_adds_per_byte * points * sizeof(bfloat16);
        return batch * tiles * (points / speed + transforms * (1.0 / c.in.channels + 1.0 / c.out.channels)) + weights;
    };
    double const direct = cost(1, speeds.direct, 0), on_2x2 = cost(2, speeds.winograd, 125), on_4x4 = cost(4, 1, 250);
    if (on_2x2 <= on_4x4) return on_2x2 < direct ? narrow_algorithm::winograd_2x2 : narrow_algorithm::direct;
    return on_4x4 < direct ? narrow_algorithm::winograd_4x4 : narrow_algorithm::direct;
}

/// Values that the weights take as the algorithm reads them.
inline std::size_t narrow_weights_size(convolution const& op, narrow_algorithm a) {
    auto const c = forward_correlation(op);
    switch (a) {
    case narrow_algorithm::product:
        return op.weights();
    case narrow_algorithm::direct:
        return pair_panel_size(static_cast<std::size_t>(op.kernel) * op.kernel * paired(op.in.channels), op.out_channels);
    case narrow_algorithm::winograd_2x2:
        return narrow_winograd_size<2>(c);
    case narrow_algorithm::winograd_4x4:
        return narrow_winograd_size<4>(c);
    }
    return 0;
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
