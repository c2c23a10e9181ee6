// SPDX-License-Identifier: MIT
#include "emulated_tiles.hpp"
#include "laws.hpp"
#include "trapped_tiles.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Tiles of AMX: what the emulated ones do, how products are cut into them, who may use them and when. The laws of what they compute stand with those
// of bfloat16 and int8.
BOOST_AUTO_TEST_SUITE(tile_laws)

using namespace mcfa;
using namespace mcfa::backend::eigen_engine;
using mcfa::test::emulated_tiles;

/// Sums of rows x columns lanes, of factors of `groups` lanes.
tile_configuration sizes(int rows, int columns, int groups) {
    tile_configuration c;
    c.rows[0] = c.rows[1] = static_cast<std::uint8_t>(rows), c.rows[2] = static_cast<std::uint8_t>(groups);
    c.row_bytes[0] = c.row_bytes[2] = static_cast<std::uint16_t>(4 * columns), c.row_bytes[1] = static_cast<std::uint16_t>(4 * groups);
    return c;
}

BOOST_AUTO_TEST_CASE(what_a_processor_would_refuse_throws) {
    auto const refused = [](auto const& change) {
        auto c = sizes(16, 16, 16);
        change(c);
        BOOST_CHECK_THROW(emulated_tiles{c}, std::logic_error);
    };
    refused([](auto& c) { c.palette = 0; });
    refused([](auto& c) { c.rows[0] = 17; });
    refused([](auto& c) { c.row_bytes[1] = 68; });
    refused([](auto& c) { c.rows[3] = 1; });
    refused([](auto& c) { c.rows[8] = 1, c.row_bytes[8] = 4; });
    refused([](auto& c) { c.reserved[3] = 1; });
    auto c = sizes(16, 16, 15);
    c.rows[2] = 16;
    emulated_tiles tiles{c};
    BOOST_CHECK_THROW(tiles.add_quads(0, 1, 2), std::logic_error);
    BOOST_CHECK_THROW(tiles.add_pairs(0, 2, 1), std::logic_error);
    BOOST_CHECK_THROW(tiles.zero(5), std::logic_error);
}

BOOST_AUTO_TEST_CASE(loads_and_stores_move_the_configured_part) {
    std::vector<std::uint8_t> from(20 * 7), to(from.size(), 99);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::uint8_t>(i);
    emulated_tiles tiles{sizes(3, 2, 2)};
    tiles.load<0>(from.data(), 20);
    tiles.store<0>(to.data(), 20);
    for (std::size_t i = 0; i < from.size(); ++i) BOOST_TEST(to[i] == (i % 20 < 8 && i / 20 < 3 ? from[i] : 99));
    tiles.load<0>(from.data(), 0); // one row in all
    tiles.store<0>(to.data(), 20);
    for (std::size_t i = 0; i < 60; ++i) BOOST_TEST(to[i] == (i % 20 < 8 ? from[i % 20] : 99));
}

BOOST_AUTO_TEST_CASE(sums_of_bytes_are_exact_and_wrap) {
    emulated_tiles tiles{sizes(1, 1, 2)};
    std::int32_t sum = 10;
    std::uint8_t const a[] = {255, 1, 2, 3, 200, 0, 0, 7};
    std::uint8_t const b[] = {0x80, 5, 0xff, 1, 0x7f, 9, 9, 0xfe}; // -128, 5, -1, 1, 127, 9, 9, -2
    auto const load = [&] { tiles.load<0>(&sum, 4), tiles.load<1>(a, 8), tiles.load<2>(b, 4); };
    load();
    tiles.add_quads<0, 1, 2>();
    tiles.store<0>(&sum, 4);
    BOOST_TEST(sum == 10 - 255 * 128 + 5 - 2 + 3 + 200 * 127 - 14);
    sum = std::numeric_limits<std::int32_t>::min();
    load();
    tiles.add_quads<0, 1, 2>();
    tiles.store<0>(&sum, 4);
    BOOST_TEST(sum == std::numeric_limits<std::int32_t>::max() - (255 * 128 - 5 + 2 - 3 - 200 * 127 + 14) + 1);
    sum = 0;
    load();
    tiles.add_signed_quads<0, 1, 2>();
    tiles.store<0>(&sum, 4);
    BOOST_TEST(sum == -1 * 128 + 5 + 2 * 255 + 3 - 56 * 127 + 7 * 254);
}

BOOST_AUTO_TEST_CASE(sums_of_pairs_are_rounded_and_flushed) {
    emulated_tiles tiles{sizes(1, 1, 2)};
    auto const sum_of = [&](float start, std::vector<float> const& a, std::vector<float> const& b) {
        std::vector<bfloat16> x, y;
        for (int i = 0; i < 4; ++i) x.emplace_back(a[static_cast<std::size_t>(i)]), y.emplace_back(b[static_cast<std::size_t>(i)]);
        tiles.load<0>(&start, 4), tiles.load<1>(x.data(), 8), tiles.load<2>(y.data(), 4);
        tiles.add_pairs<0, 1, 2>();
        tiles.store<0>(&start, 4);
        return start;
    };
    BOOST_TEST(sum_of(1, {1, 2, 3, 4}, {5, 6, 7, 8}) == 71);
    BOOST_TEST(sum_of(0, {1, 0, 0x1p-24f, 0}, {1, 0, 1, 0}) == 1);        // half a unit: to the even one
    BOOST_TEST(sum_of(0, {1, 0x1p-24f, 0x1p-24f, 0}, {1, 1, 1, 0}) == 1); // first and second products have a sum each
    BOOST_TEST(sum_of(0, {1, 0x1p-24f, 0, 0x1p-24f}, {1, 1, 0, 1}) == 1 + 0x1p-23f);
    BOOST_TEST(sum_of(0, {0x1p-127f, 0, 0, 0}, {0x1p100f, 0, 0, 0}) == 0);           // a subnormal factor
    BOOST_TEST(sum_of(0, {0x1p-70f, 0, 0, 0}, {0x1p-60f, 0, 0, 0}) == 0);            // a subnormal product
    BOOST_TEST(sum_of(0x1p-130f, {0, 0, 0, 0}, {0, 0, 0, 0}) == 0);                  // a subnormal sum
    BOOST_TEST(sum_of(0x1p-126f, {-0x1.8p-64f, 0, 0, 0}, {0x1p-62f, 0, 0, 0}) == 0); // a subnormal difference
}

#if defined(__x86_64__) && defined(__linux__)
/// The processor's own, or trapped where it has none.
BOOST_AUTO_TEST_CASE(instructions_do_what_emulated_tiles_do) {
    std::optional<mcfa::test::trapped_tiles> trap;
    if (!tiles_permitted()) trap.emplace();
    std::size_t const before = mcfa::test::trapped_tiles::done();
    for (int const rows : {1, 7, 16})
        for (int const columns : {1, 4, 16})
            for (int const groups : {1, 5, 16}) {
                auto c = sizes(rows, columns, groups);
                c.rows[7] = c.rows[0], c.row_bytes[7] = c.row_bytes[0];
                std::vector<bfloat16> a, b;
                for (float const v : mcfa::test::noise<float>(1, 40 * 16)) a.emplace_back(v);
                for (float const v : mcfa::test::noise<float>(2, 50 * 16)) b.emplace_back(v);
                auto const start = mcfa::test::noise<float>(3, 17 * 16);
                auto const results = [&]<class Tiles>(std::type_identity<Tiles>) {
                    std::pair<std::vector<float>, std::vector<std::int32_t>> all{std::vector(20 * 16, 99.0f), std::vector(40 * 16, 99)};
                    Tiles tiles(c);
                    tiles.template load<0>(start.data(), 17 * 4);
                    tiles.template load<7>(start.data(), 0);
                    tiles.template load<1>(a.data(), 40 * 2);
                    tiles.template load<2>(b.data(), 50 * 2);
                    tiles.template add_pairs<0, 1, 2>();
                    tiles.template store<0>(all.first.data(), 20 * 4);
                    tiles.template add_quads<7, 1, 2>();
                    tiles.template store<7>(all.second.data(), 20 * 4);
                    tiles.template zero<7>();
                    tiles.template add_signed_quads<7, 1, 2>();
                    tiles.template store<7>(all.second.data() + 20 * 16, 20 * 4);
                    return all;
                };
                auto const found = results(std::type_identity<tile_instructions>{}),
                           expected = results(std::type_identity<emulated_tiles>{});
                std::string const size = std::to_string(rows) + ", " + std::to_string(columns) + ", " + std::to_string(groups);
                mcfa::test::expect_close(found.first, expected.first, 1e-6, size);
                BOOST_TEST((found.second == expected.second), size);
            }
    BOOST_TEST(mcfa::test::trapped_tiles::done() - before == (trap ? 27u * 13u : 0u));
}
#endif

/// Every row and every group is in a tile, none twice within a sum, and all tiles are whole.
BOOST_AUTO_TEST_CASE(cuts_cover_all_rows_and_groups) {
    for (int const lines : {1, 2, 5})
        for (int width = 1; width <= 70; ++width)
            for (int const runs : {1, 3})
                for (int const groups : {1, 3, 6, 10, 15, 16, 17, 24, 30, 48, 51, 100, 288})
                    for (bool const whole : {false, true}) {
                        auto const cut = tile_cut::of(lines, width, runs, groups, whole);
                        bool good = cut.rows >= 1 && cut.rows <= 16 && cut.groups >= 1 && cut.groups <= 16 && (whole || cut.gathered);
                        std::vector<int> rows(static_cast<std::size_t>(lines * width));
                        for (int t = 0; t < cut.tiles(); ++t) {
                            int const first = cut.first_row(t);
                            good = good && first >= 0 && first + cut.rows <= lines * width;
                            good = good && (cut.gathered || first / width == (first + cut.rows - 1) / width); // in one line
                            for (int r = 0; good && r < cut.rows; ++r) ++rows[static_cast<std::size_t>(first + r)];
                        }
                        good = good && std::count(rows.begin(), rows.end(), 0) == 0;
                        int const all = cut.groups * cut.steps();
                        good = good && cut.depth == runs * groups && all >= cut.depth && all < cut.depth + cut.groups;
                        good = good && (cut.gathered || (all == cut.depth && groups % cut.groups == 0));
                        BOOST_TEST(good, lines << " x " << width << ", " << runs << " x " << groups);
                    }
}

/// The speeds of a Xeon with tiles: all convolutions that Winograd could compute are left to tiles. Without them none of these would be.
BOOST_AUTO_TEST_CASE(tiles_are_chosen_where_they_are_fast) {
    for (auto const form : {weights_form::fast, weights_form::lean})
        for (double const batch : {1.0, 32.0})
            for (int const channels : {16, 64, 128, 512})
                for (int const side : {7, 14, 56}) {
                    convolution const op{{channels, side, side}, channels, 3, 1, 1};
                    BOOST_TEST((choose_narrow(op, form, batch, {6.7, 0.5}) == narrow_algorithm::direct), channels << ", " << side);
                    if (form == weights_form::fast && channels >= 64 && side >= 14)
                        BOOST_TEST((choose_narrow(op, form, batch, {0.5, 0.5}) != narrow_algorithm::direct), channels << ", " << side);
                }
}

/// Linux permits tiles where the processor has them, or refuses and changes nothing; either answer stays.
BOOST_AUTO_TEST_CASE(permission_is_asked_without_harm) {
    std::ifstream file("/proc/cpuinfo");
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    bool const permitted = tiles_permitted();
    if (text.find("amx_tile") == std::string::npos) BOOST_TEST(!permitted);
    BOOST_TEST(tiles_permitted() == permitted);
    BOOST_TEST(uses_tiles() == (compiled_for_tiles && permitted));
    BOOST_TEST((pairs_by() == "AMX-BF16") == uses_tiles());
    BOOST_TEST((name_of(quads_in_use()) == "AMX-INT8") == uses_tiles());
    BOOST_TEST((pair_speeds::here().direct > 2) == uses_tiles());
}

BOOST_AUTO_TEST_SUITE_END()
