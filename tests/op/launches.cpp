// SPDX-License-Identifier: MIT
// Launches themselves, run thread by thread: every index once, whatever the tail; more samples than blocks may stand below one another.
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/core/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace mcfa;
using namespace mcfa::backend;

namespace {

struct count_up {
    std::vector<int>* seen;
    std::size_t size;
    void operator()(std::size_t i) const { ++seen->at(i); }
    void operator()(std::size_t n, int i) const { ++seen->at(n * size + static_cast<std::size_t>(i)); }
};

void expect_ones(std::vector<int> const& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] != 1) {
            BOOST_ERROR("index " << i << " of " << seen.size() << " is visited " << seen[i] << " times");
            return;
        }
    BOOST_TEST(true);
}

/// The nearest of the numbers that bfloat16 has, by trying the two around it; of two equally near the even one.
float nearest(float x) {
    auto const bits = std::bit_cast<std::uint32_t>(x);
    float const toward_zero = std::bit_cast<float>(bits & 0xffff0000u), away = std::bit_cast<float>((bits & 0xffff0000u) + 0x10000u);
    double const below = std::abs(static_cast<double>(x) - static_cast<double>(toward_zero));
    // Beyond the largest number stands infinity, as far as the next power of two.
    double const next = std::isinf(away) ? std::copysign(std::ldexp(1.0, 128), static_cast<double>(x)) : static_cast<double>(away);
    double const above = std::abs(next - static_cast<double>(x));
    if (below != above) return below < above ? toward_zero : away;
    return (bits >> 16 & 1u) == 0 ? toward_zero : away;
}

} // namespace

BOOST_AUTO_TEST_SUITE(launches)

BOOST_AUTO_TEST_CASE(every_index_is_visited_once) {
    emulated_device::execution run{emulated_device{}};
    for (std::size_t const count : {0u, 1u, 255u, 256u, 257u, 1000u}) {
        std::vector<int> seen(count);
        device::launch_each(run, count, count_up{&seen, count});
        expect_ones(seen);
        for (int const samples : {0, 1, 3}) {
            std::vector<int> all(count * static_cast<std::size_t>(samples));
            device::launch_in_samples(run, samples, count, count_up{&all, count});
            expect_ones(all);
        }
    }
    constexpr int many = device::grid::most_down + 10;
    std::vector<int> seen(2 * many);
    device::launch_in_samples(run, many, 2, count_up{&seen, 2});
    expect_ones(seen);
}

BOOST_AUTO_TEST_CASE(more_samples_are_transposed_than_stand_in_a_grid) {
    emulated_device::execution run{emulated_device{}};
    constexpr int many = device::grid::most_down + 3;
    std::vector<float> from(many * 2), to(from.size(), NAN);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i);
    device::launch_transpose(run, many, 1, 2, static_cast<float const*>(from.data()), to.data());
    BOOST_TEST(to == from); // a row is its own transpose in memory
}

BOOST_AUTO_TEST_CASE(bfloat16_is_the_nearest) {
    auto const to_bfloat16 = [](float x) { return bfloat16(x); };
    auto const from_bfloat16 = [](bfloat16 x) { return static_cast<float>(x); };
    random_stream random{5};
    for (int i = 0; i < 100000; ++i) {
        float const x = std::bit_cast<float>(static_cast<std::uint32_t>(random.bits()));
        if (std::isfinite(x)) BOOST_REQUIRE_EQUAL(from_bfloat16(to_bfloat16(x)), nearest(x));
    }
    for (std::uint32_t half : {0x3f80u, 0x3f81u, 0x0001u, 0xc0dfu}) { // exactly between two neighbours
        float const x = std::bit_cast<float>(half << 16 | 0x8000u);
        BOOST_TEST(from_bfloat16(to_bfloat16(x)) == nearest(x));
    }
    float const infinity = std::numeric_limits<float>::infinity();
    BOOST_TEST(from_bfloat16(to_bfloat16(infinity)) == infinity);
    BOOST_TEST(from_bfloat16(to_bfloat16(-infinity)) == -infinity);
    BOOST_TEST(std::isnan(from_bfloat16(to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
    BOOST_TEST(std::isnan(from_bfloat16(to_bfloat16(std::bit_cast<float>(0x7f800001u))))); // whose upper half alone would be infinity
}

BOOST_AUTO_TEST_CASE(narrowing_and_widening_launches) {
    emulated_device::execution run{emulated_device{}};
    std::vector<float> const x{1, -2.5f, 3.14159f, 0, 1e30f, -70}, bias{10, 20, 30};
    std::vector<std::uint16_t> narrow(6);
    std::vector<float> wide(6);
    device::launch_each(run, 6, device::narrow{x.data(), narrow.data()});
    device::launch_each(run, 6, device::widen{narrow.data(), wide.data()});
    for (std::size_t i = 0; i < 6; ++i) BOOST_TEST(wide[i] == nearest(x[i]));
    for (bool const rectified : {false, true})
        for (float const* added : {static_cast<float const*>(nullptr), bias.data()}) {
            std::vector<float> ended(6), in_place = wide;
            device::launch_in_samples(run, 2, 3, device::widen_and_end{3, narrow.data(), added, rectified, ended.data()});
            device::launch_in_samples(run, 2, 3, device::end_sums<float>{3, added, rectified, in_place.data()});
            for (std::size_t i = 0; i < 6; ++i) {
                float const sum = wide[i] + (added ? bias[i % 3] : 0.0f);
                BOOST_TEST(ended[i] == (rectified ? std::max(sum, 0.0f) : sum));
                BOOST_TEST(in_place[i] == ended[i]);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
