// SPDX-License-Identifier: MIT
#include "drawn_unit.hpp"
#include "emulated_tiles.hpp"
#include "laws.hpp"
#include "trapped_tiles.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/pooling.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

// Passes in bfloat16 against the reference in double on the same rounded inputs. What may differ is the rounding of the result, at most 2^-8 of it,
// and that of weights, the same, which sums average.
BOOST_AUTO_TEST_SUITE(bfloat16_laws)

using namespace mcfa;
using namespace mcfa::test;
using cpu = backend::eigen;

constexpr double allowed = 0.012;

std::vector<bfloat16> rounded(std::vector<float> const& values) {
    std::vector<bfloat16> all;
    for (float const v : values) all.emplace_back(v);
    return all;
}
template <class T>
std::vector<T> as(std::vector<bfloat16> const& values) {
    std::vector<T> all;
    for (bfloat16 const v : values) all.push_back(static_cast<T>(static_cast<float>(v)));
    return all;
}
std::vector<bfloat16> poison(std::size_t count) { return rounded(poisoned<float>(count)); }

/// A unit of convolution, from prepared weights.
struct narrow_unit : drawn_unit {
    weights_form form = weights_form::fast;
    int expected_batch = 1;
    std::optional<backend::eigen_engine::narrow_algorithm> by{}; ///< in place of the choice, which differs between processors

    prepared_layout layout() const {
        if (by) return {static_cast<int>(*by), backend::eigen_engine::narrow_weights_size(op.product, *by)};
        return kernel<unit_preparation<float, bfloat16>, cpu>::layout(op, form, expected_batch);
    }
    std::string name() const { return drawn_unit::name("bfloat16"); }
    std::vector<bfloat16> x() const { return rounded(noise<float>(11, size(op.product.in))); }

    /// By what the backend has, or by the tiles of a policy.
    template <class Tiles = void>
    std::vector<bfloat16> on(cpu const& backend) const {
        return on<Tiles>(backend, x());
    }
    template <class Tiles = void>
    std::vector<bfloat16> on(cpu const& backend, std::vector<bfloat16> const& given) const {
        cpu::execution run(backend);
        using preparation = unit_preparation<float, bfloat16>;
        convolution const& c = op.product;
        auto const w = weights(), b = bias();
        auto const layout = this->layout();
        BOOST_TEST(!(kernel<preparation, cpu>::name(layout)).empty());
        auto prepared = poison(layout.size);
        compute(run, preparation{.weights = weights_of(c, w.data()), .prepared = prepared, .layout = layout});
        auto y = poison(size(op.out()));
        unit_forward_prepared<bfloat16, bfloat16> const pass{.x = batch_of(given.data(), batch, c.in),
                                                             .prepared = prepared,
                                                             .layout = layout,
                                                             .bias = biased ? row<float const>{b} : row<float const>{},
                                                             .y = batch_of(y.data(), batch, op.out()),
                                                             .kernel = c.kernel,
                                                             .stride = c.stride,
                                                             .pad = c.pad,
                                                             .rectified = op.rectified,
                                                             .pooled = op.pooled};
        if constexpr (std::is_void_v<Tiles>) compute(run, pass);
        else backend::eigen_engine::run_unit<Tiles>(run, pass);
        return y;
    }
    std::vector<double> expected() const {
        backend::reference::execution run{backend::reference{}};
        convolution const& c = op.product;
        auto const given = as<double>(x());
        auto const wf = weights(), bf = bias();
        std::vector<double> const w(wf.begin(), wf.end()), b(bf.begin(), bf.end());
        auto y = poisoned<double>(size(op.out()));
        compute(run, unit_forward<double>{.x = batch_of(given.data(), batch, c.in),
                                          .weights = weights_of(c, w.data()),
                                          .bias = biased ? row<double const>{b} : row<double const>{},
                                          .y = batch_of(y.data(), batch, op.out()),
                                          .stride = c.stride,
                                          .pad = c.pad,
                                          .rectified = op.rectified,
                                          .pooled = op.pooled});
        return y;
    }
};

/// Channels that fill pairs too, and batches that pools and tiles do not divide.
std::vector<narrow_unit> narrow_units() {
    std::vector<narrow_unit> all;
    for (convolution_unit const& op :
         drawn_units({{{33, 14, 14}, 48, 3, 1, 1}, {{64, 14, 14}, 64, 3, 1, 1}, {{24, 14, 14}, 20, 3, 1, 1}, {{19, 6, 7}, 70, 1, 1, 0}}))
        for (int const batch : {1, 3}) all.push_back({{op, batch, batch == 3}, op.pooled ? weights_form::fast : weights_form::lean, 64});
    for (narrow_unit& each : std::vector(all)) {
        each.form = weights_form::fast, each.expected_batch = 1;
        all.push_back(each);
        convolution const& op = each.op.product;
        if (op.kernel != 3 || op.stride != 1 || op.in.channels < 12 || op.out_channels < 12) continue;
        for (auto const by :
             {backend::eigen_engine::narrow_algorithm::winograd_2x2, backend::eigen_engine::narrow_algorithm::winograd_4x4}) {
            each.by = by;
            all.push_back(each);
        }
    }
    for (bool const rectified : {false, true}) all.push_back({{{{{6, 7, 7}, 9, 7, 1, 0}, rectified, false}, 5, true}, {}, 1});
    return all;
}

double error_of(std::vector<bfloat16> const& found, std::vector<double> const& expected, double scale) {
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        double const error = std::abs(static_cast<double>(static_cast<float>(found[i])) - expected[i]);
        worst = error <= worst ? worst : error; // NaN wins
    }
    return worst / scale;
}

BOOST_AUTO_TEST_CASE(units_agree_with_the_reference) {
    for (auto const& unit : narrow_units()) expect_close(as<float>(unit.on(cpu{2})), unit.expected(), allowed, unit.name());
}

BOOST_AUTO_TEST_CASE(units_are_the_same_on_any_number_of_threads) {
    for (auto const& unit : narrow_units()) {
        auto const expected = as<float>(unit.on(cpu{1}));
        for (int const threads : {2, 3, 7}) BOOST_TEST((as<float>(unit.on(cpu{threads})) == expected), unit.name() << ", " << threads);
    }
}

/// Units that tiles compute, and lines of windows that are longer than one tile.
std::vector<narrow_unit> tiled_units() {
    std::vector<narrow_unit> all = narrow_units();
    for (convolution const& op : {convolution{{32, 5, 40}, 40, 3, 1, 1}, {{48, 4, 17}, 21, 3, 1, 1}, {{64, 6, 70}, 18, 1, 2, 0}})
        for (bool const pooled : {false, true}) all.push_back({{{op, true, pooled}, 2, true}});
    for (narrow_unit& each : all)
        if (!backend::eigen_engine::has_full_window(each.op.product)) each.by = backend::eigen_engine::narrow_algorithm::direct;
    return all;
}

BOOST_AUTO_TEST_CASE(units_in_tiles_agree_with_the_reference) {
    for (auto const& unit : tiled_units()) {
        auto const found = as<float>(unit.on<emulated_tiles>(cpu{1}));
        expect_close(found, unit.expected(), allowed, unit.name() + ", in tiles");
        BOOST_TEST((as<float>(unit.on<emulated_tiles>(cpu{3})) == found), unit.name() << ", in tiles on 3 threads");
        BOOST_TEST(emulated_tiles::configured() == 0);
    }
}

#if defined(__x86_64__) && defined(__linux__)
BOOST_AUTO_TEST_CASE(units_by_instructions_are_those_of_emulated_tiles) {
    std::optional<trapped_tiles> trap;
    if (!backend::eigen_engine::tiles_permitted()) trap.emplace();
    for (auto const& unit : tiled_units()) {
        expect_close(as<float>(unit.on<backend::eigen_engine::tile_instructions>(cpu{2})), as<float>(unit.on<emulated_tiles>(cpu{1})),
                     0.004, unit.name() + ", by instructions");
        BOOST_TEST(emulated_tiles::configured() == 0); // they were released
    }
}
#endif

BOOST_AUTO_TEST_CASE(units_are_of_every_algorithm) {
    std::set<int> seen;
    for (auto const& unit : narrow_units()) seen.insert(unit.layout().algorithm);
    BOOST_TEST(seen.size() == 4u);
}

/// Of 64 channels every algorithm makes sums of 576 products whose factors are rounded: their errors must average.
BOOST_AUTO_TEST_CASE(errors_of_products_average) {
    narrow_unit const unit{{{{{64, 28, 28}, 64, 3, 1, 1}, false, false}, 1, true}, {}, 32};
    auto const expected = unit.expected();
    double square = 0;
    for (double const y : expected) square += y * y;
    BOOST_TEST(error_of(unit.on(cpu{2}), expected, std::sqrt(square / static_cast<double>(expected.size()))) < 0.03);
}

/// What stands beyond an image or between its samples is never read as part of it, and NaN does not spread beyond its windows.
BOOST_AUTO_TEST_CASE(nan_stays_where_it_is_seen) {
    narrow_unit const unit{{{{{3, 40, 40}, 16, 3, 1, 1}, true, false}, 2, true}, {}, 1};
    auto x = unit.x();
    x[(20 * 40 + 20) * 3] = bfloat16(std::numeric_limits<float>::quiet_NaN());
    auto const found = as<float>(unit.on(cpu{1}, x));
    int lost = 0;
    for (std::size_t i = 0; i < found.size(); ++i) lost += std::isnan(found[i]);
    BOOST_TEST(lost >= 9 * 16);
    BOOST_TEST(lost <= 6 * 6 * 16);
    BOOST_TEST(std::isnan(found[(20 * 40 + 20) * 16]));
}

BOOST_AUTO_TEST_CASE(nan_stays_where_it_is_seen_in_tiles) {
    for (int const channels : {3, 34, 64}) { // few, gathered, and where they lie
        narrow_unit unit{{{{{channels, 9, 40}, 16, 3, 1, 1}, true, false}, 2, true}, {}, 1};
        unit.by = backend::eigen_engine::narrow_algorithm::direct;
        auto x = unit.x();
        x[static_cast<std::size_t>((4 * 40 + 20) * channels)] = bfloat16(std::numeric_limits<float>::quiet_NaN());
        auto const found = as<float>(unit.on<emulated_tiles>(cpu{1}, x));
        int lost = 0;
        for (std::size_t i = 0; i < found.size(); ++i) lost += std::isnan(found[i]);
        BOOST_TEST(lost == 9 * 16);
        BOOST_TEST(std::isnan(found[(4 * 40 + 20) * 16]));
    }
}

BOOST_AUTO_TEST_CASE(weights_of_one_window_refuse_a_plane) {
    cpu::execution run(cpu{1});
    std::vector<bfloat16> x(2 * 8 * 7 * 6), prepared(7 * 7 * 6 * 9), y(2 * 2 * 9);
    using pass = unit_forward_prepared<bfloat16, bfloat16>;
    auto const layout = kernel<unit_preparation<float, bfloat16>, cpu>::layout({{{6, 7, 7}, 9, 7, 1, 0}}, weights_form::fast, 1);
    BOOST_CHECK_THROW(
        compute(run, pass{.x = {x.data(), 2, 8, 7, 6}, .prepared = prepared, .layout = layout, .y = {y.data(), 2, 2, 1, 9}, .kernel = 7}),
        shape_error);
}

BOOST_AUTO_TEST_CASE(dense_layers_agree_with_the_reference) {
    constexpr float no_floor = -std::numeric_limits<float>::infinity();
    for (std::size_t const depth : {1u, 31u, 64u, 200u, 1027u})
        for (std::size_t const outputs : {1u, 3u, 16u, 53u})
            for (std::size_t const batch : {1u, 2u, 6u, 33u}) {
                auto const x = rounded(noise<float>(1, batch * depth)), w = rounded(noise<float>(2, outputs * depth));
                auto const bias = noise<float>(3, outputs);
                auto const dx = as<double>(x), dw = as<double>(w);
                std::vector<double> const db(bias.begin(), bias.end());
                std::vector<double> expected(batch * outputs);
                backend::reference::execution plain{backend::reference{}};
                compute(plain, dense_forward<double>{.x = {dx.data(), batch, depth},
                                                     .weights = {dw.data(), outputs, depth},
                                                     .bias = db,
                                                     .y = {expected.data(), batch, outputs}});
                std::vector<bfloat16> first, first_tiled;
                for (int const threads : {1, 2, 5}) {
                    cpu::execution run(cpu{threads});
                    auto y = poison(batch * outputs);
                    compute(run, dense_forward<bfloat16, bfloat16>{.x = {x.data(), batch, depth},
                                                                   .weights = {w.data(), outputs, depth},
                                                                   .bias = bias,
                                                                   .y = {y.data(), batch, outputs}});
                    expect_close(as<float>(y), expected, 0.004,
                                 "bfloat16, dense " + std::to_string(depth) + " to " + std::to_string(outputs));
                    if (first.empty()) first = y;
                    BOOST_TEST((as<float>(first) == as<float>(y)));
                    y = poison(batch * outputs);
                    backend::eigen_engine::dense_in_pairs<emulated_tiles>(run, {x.data(), batch, depth}, {w.data(), outputs, depth},
                                                                          bias.data(), no_floor,
                                                                          matrix<bfloat16>{y.data(), batch, outputs});
                    expect_close(as<float>(y), expected, 0.004,
                                 "bfloat16, in tiles, dense " + std::to_string(depth) + " to " + std::to_string(outputs));
                    if (first_tiled.empty()) first_tiled = y;
                    BOOST_TEST((as<float>(first_tiled) == as<float>(y)));
                }
            }
}

BOOST_AUTO_TEST_CASE(pools_agree_with_the_reference) {
    for (pooling const& op : {pooling{pooling_kind::maximum, {5, 7, 6}, 2, 2, 2, 0},
                              {pooling_kind::maximum, {19, 9, 9}, 3, 3, 2, 1},
                              {pooling_kind::average, {33, 8, 9}, 2, 2, 2, 0},
                              {pooling_kind::average, {16, 7, 7}, 7, 7, 1, 0},
                              {pooling_kind::average, {3, 5, 5}, 3, 3, 1, 1}}) {
        auto const x = rounded(noise<float>(5, 2 * op.in.size()));
        auto const dx = as<double>(x);
        std::vector<double> expected(2 * op.out().size());
        backend::reference::execution plain{backend::reference{}};
        compute(plain, pooling_forward<double>{.op = op, .x = batch_of(dx.data(), 2, op.in), .y = batch_of(expected.data(), 2, op.out())});
        cpu::execution run(cpu{3});
        auto y = poison(expected.size());
        compute(run, pooling_forward<bfloat16>{.op = op, .x = batch_of(x.data(), 2, op.in), .y = batch_of(y.data(), 2, op.out())});
        expect_close(as<float>(y), expected, op.kind == pooling_kind::maximum ? 0 : 0.004, "bfloat16, pool of " + to_string(op.in));
    }
}

BOOST_AUTO_TEST_CASE(conversions_round_to_the_nearest) {
    std::vector<float> x = noise<float>(3, 1003, -1e4, 1e4);
    x[0] = std::numeric_limits<float>::quiet_NaN(), x[1] = std::numeric_limits<float>::infinity(), x[2] = 1.0f + 1.0f / 256,
    x[3] = 1.0f + 3.0f / 256;
    x[1002] = -0.0f;
    cpu::execution run(cpu{2});
    std::vector<bfloat16> narrow(x.size());
    compute(run, conversion<float, bfloat16>{.x = x, .y = narrow});
    std::vector<float> wide(x.size());
    compute(run, conversion<bfloat16, float>{.x = narrow, .y = wide});
    BOOST_TEST(std::isnan(wide[0]));
    for (std::size_t i = 0; i < x.size(); ++i) {
        BOOST_TEST(narrow[i].bits == bfloat16(x[i]).bits);
        if (i > 0) BOOST_TEST(wide[i] == static_cast<float>(narrow[i]));
    }
    BOOST_TEST(wide[2] == 1.0f); // ties to even
    BOOST_TEST(wide[3] == 1.0f + 4.0f / 256);
}

BOOST_AUTO_TEST_SUITE_END()
