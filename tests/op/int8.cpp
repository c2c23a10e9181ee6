// SPDX-License-Identifier: MIT
#include "drawn_unit.hpp"
#include "emulated_tiles.hpp"
#include "laws.hpp"
#include "trapped_tiles.hpp"

#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/op/int8.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

// Passes in 8 bits against plain loops over whole numbers: the same bytes and the same floats on every processor.
BOOST_AUTO_TEST_SUITE(int8_laws)

using namespace mcfa;
using namespace mcfa::test;
using cpu = backend::eigen;

std::vector<std::uint8_t> random_bytes(std::uint64_t key, std::size_t count) {
    std::vector<std::uint8_t> all(count);
    random_stream random{key};
    for (auto& v : all) v = static_cast<std::uint8_t>(random.uniform(0, 256));
    return all;
}

/// The rounded weights of a unit, in their stored order, by the formulas of `int8_unit_preparation`.
struct plain_weights {
    std::vector<int> values;
    std::vector<std::int32_t> starts;
    std::vector<float> scales;

    plain_weights(convolution const& op, std::vector<float> const& weights, std::vector<float> const& bias, byte_scale given) {
        auto const outputs = static_cast<std::size_t>(op.out_channels), each = op.weights() / outputs;
        for (std::size_t o = 0; o < outputs; ++o) {
            double most = 0, b = bias.empty() ? 0 : static_cast<double>(bias[o]), in = given.scale;
            for (std::size_t i = 0; i < each; ++i) most = std::max(most, std::abs(static_cast<double>(weights[o * each + i])));
            double const scale = std::max(most / 127, std::abs(b) / (in * (1 << 30)));
            long long sum = 0;
            for (std::size_t i = 0; i < each; ++i) {
                values.push_back(static_cast<int>(std::lrint(static_cast<double>(weights[o * each + i]) / scale)));
                sum += values.back();
            }
            starts.push_back(static_cast<std::int32_t>(std::llrint(b / (in * scale)) - given.zero * sum));
            scales.push_back(static_cast<float>(in * scale));
        }
    }
};

struct int8_unit : drawn_unit {
    byte_scale given{0.02f, 0}, wanted{0.05f, 0};

    std::string name() const {
        return drawn_unit::name("int8") + ", zeros " + std::to_string(given.zero) + " and " + std::to_string(wanted.zero);
    }
    std::vector<std::uint8_t> x() const { return random_bytes(11, size(op.product.in)); }

    /// By what the backend has, or by the tiles of a policy.
    template <class Out, class Tiles = void>
    std::vector<Out> on(cpu const& backend) const {
        cpu::execution run(backend);
        using preparation = int8_unit_preparation<float>;
        convolution const& c = op.product;
        auto const w = weights(), b = bias();
        auto const given_bytes = x();
        auto const outputs = static_cast<std::size_t>(c.out_channels);
        auto const layout = kernel<preparation, cpu>::layout(c);
        std::vector<int8> prepared(layout.size, int8{99});
        std::vector<std::int32_t> starts(outputs);
        std::vector<float> factors(outputs);
        compute(run, preparation{.weights = weights_of(c, w.data()),
                                 .bias = biased ? row<float const>{b} : row<float const>{},
                                 .given = given,
                                 .prepared = prepared,
                                 .layout = layout,
                                 .starts = starts,
                                 .scales = factors});
        if (sizeof(Out) == 1)
            for (float& f : factors) f /= wanted.scale;
        std::vector<Out> y(size(op.out()), Out(77));
        int8_unit_forward<Out> const pass{.x = batch_of(given_bytes.data(), batch, c.in),
                                          .x_zero = given.zero,
                                          .prepared = prepared,
                                          .layout = layout,
                                          .starts = starts,
                                          .factors = factors,
                                          .y = batch_of(y.data(), batch, op.out()),
                                          .y_zero = wanted.zero,
                                          .kernel = c.kernel,
                                          .stride = c.stride,
                                          .pad = c.pad,
                                          .rectified = op.rectified,
                                          .pooled = op.pooled};
        if constexpr (std::is_void_v<Tiles>) compute(run, pass);
        else backend::eigen_engine::run_unit<Tiles>(run, pass);
        return y;
    }

    template <class Out>
    std::vector<Out> expected() const {
        convolution const& c = op.product;
        plain_weights const w(c, weights(), bias(), given);
        auto const bytes = x();
        planes<std::uint8_t const> const in = batch_of(bytes.data(), batch, c.in);
        shape const full = c.out(), out = op.out();
        auto const value = [&](int n, int row, int column, int o) {
            std::int64_t sum = w.starts[static_cast<std::size_t>(o)];
            for (int i = 0; i < c.in.channels; ++i)
                for (int ky = 0; ky < c.kernel; ++ky)
                    for (int kx = 0; kx < c.kernel; ++kx) {
                        int const y = row * c.stride + ky - c.pad, at = column * c.stride + kx - c.pad;
                        bool const inside = y >= 0 && y < c.in.height && at >= 0 && at < c.in.width;
                        int const q = inside ? in(n, y, at, i) : given.zero;
                        sum += q * w.values[static_cast<std::size_t>(((o * c.in.channels + i) * c.kernel + ky) * c.kernel + kx)];
                    }
            BOOST_TEST_REQUIRE(std::abs(sum) <= std::numeric_limits<std::int32_t>::max());
            float const sums = static_cast<float>(static_cast<std::int32_t>(sum)), scale = w.scales[static_cast<std::size_t>(o)];
            if constexpr (sizeof(Out) == 1) {
                float const v = sums * (scale / wanted.scale), low = static_cast<float>(op.rectified ? 0 : -wanted.zero);
                return static_cast<Out>(std::lrint(std::clamp(v, low, static_cast<float>(255 - wanted.zero))) + wanted.zero);
            } else {
                float const v = sums * scale;
                return op.rectified ? std::max(v, 0.0f) : v;
            }
        };
        std::vector<Out> all(size(out));
        planes<Out> const y = batch_of(all.data(), batch, out);
        for (int n = 0; n < batch; ++n)
            for (int row = 0; row < out.height; ++row)
                for (int column = 0; column < out.width; ++column)
                    for (int o = 0; o < full.channels; ++o) {
                        if (!op.pooled) {
                            y(n, row, column, o) = value(n, row, column, o);
                            continue;
                        }
                        Out best = value(n, 2 * row, 2 * column, o);
                        for (auto const& [down, right] : {std::pair{0, 1}, {1, 0}, {1, 1}})
                            best = std::max(best, value(n, 2 * row + down, 2 * column + right, o));
                        y(n, row, column, o) = best;
                    }
        return all;
    }
};

/// Channels that fill fours too, batches, and zeros at every place.
std::vector<int8_unit> int8_units() {
    std::vector<int8_unit> all;
    for (convolution_unit const& op :
         drawn_units({{{33, 10, 14}, 48, 3, 1, 1}, {{64, 6, 7}, 112, 3, 1, 1}, {{20, 5, 4}, 70, 1, 1, 0}, {{20, 5, 4}, 67, 2, 1, 0}}))
        for (int const zero : {0, 131}) {
            all.push_back({{op, 1, false}, {0.02f, zero}, {0.05f, 0}});
            all.push_back({{op, 3, true}, {0.02f, zero}, {0.1f, 140}});
        }
    for (bool const rectified : {false, true})
        for (int const batch : {1, 2, 5}) {
            all.push_back({{{{{6, 7, 7}, 9, 7, 1, 0}, rectified, false}, batch, true}, {0.02f, 120}, {0.05f, 3}});
            for (int const depth : {1, 63, 200, 1027}) all.push_back({{{{{depth, 1, 1}, 53, 1, 1, 0}, rectified, false}, batch, true}});
        }
    return all;
}

BOOST_AUTO_TEST_CASE(units_are_those_of_plain_loops) {
    for (auto const& unit : int8_units()) {
        BOOST_TEST((unit.on<std::uint8_t>(cpu{1}) == unit.expected<std::uint8_t>()), unit.name());
        BOOST_TEST((unit.on<float>(cpu{1}) == unit.expected<float>()), unit.name() << ", to float");
    }
}

BOOST_AUTO_TEST_CASE(units_are_the_same_on_any_number_of_threads) {
    for (auto const& unit : int8_units())
        for (int const threads : {2, 7}) {
            BOOST_TEST((unit.on<std::uint8_t>(cpu{threads}) == unit.on<std::uint8_t>(cpu{1})), unit.name() << ", " << threads);
            BOOST_TEST((unit.on<float>(cpu{threads}) == unit.on<float>(cpu{1})), unit.name() << ", " << threads);
        }
}

/// By tiles the same bits, also on lines of windows that are longer than one tile.
BOOST_AUTO_TEST_CASE(units_in_tiles_are_those_of_plain_loops) {
    std::vector<int8_unit> all = int8_units();
    for (convolution const& op : {convolution{{32, 5, 40}, 40, 3, 1, 1}, {{64, 4, 17}, 21, 3, 1, 1}, {{64, 6, 70}, 18, 1, 2, 0}})
        for (bool const pooled : {false, true}) all.push_back({{{op, true, pooled}, 2, true}, {0.02f, 131}, {0.1f, 3}});
    for (auto const& unit : all) {
        BOOST_TEST((unit.on<std::uint8_t, emulated_tiles>(cpu{1}) == unit.expected<std::uint8_t>()), unit.name());
        BOOST_TEST((unit.on<float, emulated_tiles>(cpu{3}) == unit.expected<float>()), unit.name() << ", to float");
        BOOST_TEST(emulated_tiles::configured() == 0);
    }
}

#if defined(__x86_64__) && defined(__linux__)
BOOST_AUTO_TEST_CASE(units_by_instructions_are_those_of_plain_loops) {
    std::optional<trapped_tiles> trap;
    if (!backend::eigen_engine::tiles_permitted()) trap.emplace();
    for (auto const& unit : int8_units()) {
        BOOST_TEST((unit.on<std::uint8_t, backend::eigen_engine::tile_instructions>(cpu{2}) == unit.expected<std::uint8_t>()), unit.name());
        BOOST_TEST(emulated_tiles::configured() == 0); // they were released
    }
}
#endif

/// Products of 255 and 127 alone, whose sums of two leave 16 bits, and of four reach 17.
BOOST_AUTO_TEST_CASE(largest_products_are_exact) {
    cpu::execution run(cpu{1});
    for (float const sign : {1.0f, -1.0f})
        for (int const kernel_size : {1, 3}) {
            convolution const op{{512, 3, 3}, 16, kernel_size, 1, 0};
            std::vector<float> const w(op.weights(), sign);
            std::vector<std::uint8_t> const x(op.in.size(), 255);
            auto const layout = kernel<int8_unit_preparation<float>, cpu>::layout(op);
            std::vector<int8> prepared(layout.size);
            std::vector<std::int32_t> starts(16);
            std::vector<float> scales(16), y(op.out().size());
            compute(run, int8_unit_preparation<float>{.weights = weights_of(op, w.data()),
                                                      .given = {1.0f, 0},
                                                      .prepared = prepared,
                                                      .layout = layout,
                                                      .starts = starts,
                                                      .scales = scales});
            std::vector<float> const ones(16, 1.0f);
            compute(run, int8_unit_forward<float>{.x = batch_of(x.data(), 1, op.in),
                                                  .prepared = prepared,
                                                  .layout = layout,
                                                  .starts = starts,
                                                  .factors = ones,
                                                  .y = batch_of(y.data(), 1, op.out()),
                                                  .kernel = kernel_size,
                                                  .stride = 1,
                                                  .pad = 0});
            float const expected = sign * static_cast<float>(255 * 127 * 512 * kernel_size * kernel_size);
            for (float const v : y) BOOST_TEST(v == expected);
        }
}

/// A bias far beyond the weights takes a coarser scale, not a wrong sum.
BOOST_AUTO_TEST_CASE(large_biases_stay_right) {
    cpu::execution run(cpu{1});
    convolution const op{{8, 1, 1}, 3, 1, 1, 0};
    std::vector<float> const w(op.weights(), 1e-6f), bias{1e6f, -3e9f, 0.25f};
    std::vector<std::uint8_t> const x(8, 200);
    auto const layout = kernel<int8_unit_preparation<float>, cpu>::layout(op);
    std::vector<int8> prepared(layout.size);
    std::vector<std::int32_t> starts(3);
    std::vector<float> scales(3), y(3);
    compute(run, int8_unit_preparation<float>{.weights = weights_of(op, w.data()),
                                              .bias = bias,
                                              .given = {0.01f, 7},
                                              .prepared = prepared,
                                              .layout = layout,
                                              .starts = starts,
                                              .scales = scales});
    compute(run, int8_unit_forward<float>{.x = batch_of(x.data(), 1, op.in),
                                          .x_zero = 7,
                                          .prepared = prepared,
                                          .layout = layout,
                                          .starts = starts,
                                          .factors = scales,
                                          .y = batch_of(y.data(), 1, op.out()),
                                          .kernel = 1});
    for (std::size_t o = 0; o < 3; ++o) BOOST_TEST(std::abs(y[o] - bias[o]) <= 1e-4f * std::abs(bias[o]));
}

BOOST_AUTO_TEST_CASE(what_would_not_fit_is_refused) {
    cpu::execution run(cpu{1});
    auto const prepare = [&](int depth, float weight) {
        convolution const op{{depth, 1, 1}, 2, 1, 1, 0};
        std::vector<float> const w(op.weights(), weight);
        auto const layout = kernel<int8_unit_preparation<float>, cpu>::layout(op);
        std::vector<int8> prepared(layout.size);
        std::vector<std::int32_t> starts(2);
        std::vector<float> scales(2);
        compute(run, int8_unit_preparation<float>{.weights = weights_of(op, w.data()),
                                                  .given = {1.0f, 0},
                                                  .prepared = prepared,
                                                  .layout = layout,
                                                  .starts = starts,
                                                  .scales = scales});
    };
    prepare(static_cast<int>(most_int8_products), 1.0f);
    BOOST_CHECK_THROW(prepare(static_cast<int>(most_int8_products) + 1, 1.0f), option_error);
    BOOST_CHECK_THROW(prepare(4, std::numeric_limits<float>::quiet_NaN()), option_error);
}

BOOST_AUTO_TEST_CASE(weights_of_one_window_refuse_a_plane) {
    cpu::execution run(cpu{1});
    std::vector<std::uint8_t> const x(2 * 8 * 7 * 6);
    std::vector<int8> const prepared(7 * 7 * 6 * 9);
    std::vector<std::int32_t> const starts(9);
    std::vector<float> const factors(9);
    std::vector<std::uint8_t> y(2 * 2 * 9);
    BOOST_CHECK_THROW(
        compute(run, int8_unit_forward<std::uint8_t>{.x = {x.data(), 2, 8, 7, 6},
                                                     .prepared = prepared,
                                                     .layout = kernel<int8_unit_preparation<float>, cpu>::layout({{6, 7, 7}, 9, 7, 1, 0}),
                                                     .starts = starts,
                                                     .factors = factors,
                                                     .y = {y.data(), 2, 2, 1, 9},
                                                     .kernel = 7,
                                                     .stride = 1,
                                                     .pad = 0}),
        shape_error);
}

BOOST_AUTO_TEST_CASE(conversions_are_exact_formulas) {
    std::vector<float> x = noise<float>(3, 1003, -8, 8);
    x[0] = std::numeric_limits<float>::quiet_NaN(), x[1] = std::numeric_limits<float>::infinity(), x[2] = -1e30f, x[1000] = x[0];
    x[3] = 0, x[4] = 0.125f, x[5] = 0.375f; // halves of the scale: to the even one
    byte_scale const scale{0.25f, 100};
    cpu::execution run(cpu{2});
    std::vector<std::uint8_t> bytes(x.size());
    compute(run, byte_quantisation<float>{.x = x, .y = bytes, .scale = scale});
    std::vector<float> wide(x.size());
    compute(run, byte_widening<float>{.x = bytes, .y = wide, .scale = scale});
    for (std::size_t i = 0; i < x.size(); ++i) {
        double const v = std::isnan(x[i]) ? 0 : std::clamp(static_cast<double>(x[i]) * 4, -100.0, 155.0);
        BOOST_TEST(static_cast<int>(bytes[i]) == static_cast<int>(std::lrint(v)) + 100);
        BOOST_TEST(wide[i] == static_cast<float>(static_cast<int>(bytes[i]) - 100) * 0.25f);
    }
    BOOST_TEST(wide[4] == 0.0f);
    BOOST_TEST(wide[5] == 0.5f);
}

BOOST_AUTO_TEST_CASE(scales_cover_their_range) {
    auto const signed_one = byte_scale::covering(-1, 1), positive = byte_scale::covering(0.5f, 6), nothing = byte_scale::covering(0, 0);
    BOOST_TEST(signed_one.zero == 127);
    BOOST_TEST(std::abs(signed_one.scale - 2.0f / 255) < 1e-6f);
    BOOST_TEST(positive.zero == 0);
    BOOST_TEST(std::abs(positive.scale - 6.0f / 255) < 1e-6f);
    BOOST_TEST(byte_scale::covering(-3, -1).zero == 255);
    BOOST_TEST((signed_one.valid() && positive.valid() && nothing.valid()));
    BOOST_TEST(!(byte_scale{0, 0}.valid() || byte_scale{1, 256}.valid() || byte_scale{std::numeric_limits<float>::infinity(), 0}.valid()));
}

BOOST_AUTO_TEST_SUITE_END()
