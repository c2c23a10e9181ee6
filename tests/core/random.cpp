// SPDX-License-Identifier: MIT
// The streams are what they claim: even, of the right spread, and strangers to one another.
#include <mcfa/core/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <set>
#include <vector>

using namespace mcfa;

namespace {

constexpr int count = 100000;

struct moments {
    double mean = 0, variance = 0;
};

moments of(std::function<double()> const& draw) {
    double sum = 0, squares = 0;
    for (int i = 0; i < count; ++i) {
        double const v = draw();
        sum += v;
        squares += v * v;
    }
    return {sum / count, squares / count - (sum / count) * (sum / count)};
}

/// Correlation of the unit numbers of two keys.
double correlation(std::uint64_t a, std::uint64_t b) {
    double sum = 0;
    for (std::uint64_t i = 0; i < count; ++i)
        sum += (static_cast<double>(random_unit(a, i)) - 0.5) * (static_cast<double>(random_unit(b, i)) - 0.5);
    return sum / count * 12;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_random)

BOOST_AUTO_TEST_CASE(means_and_variances) {
    for (std::uint64_t const key : {0u, 1u, 77u}) {
        random_stream s{key};
        auto const unit = of([&] { return s.unit(); });
        BOOST_TEST(std::abs(unit.mean - 0.5) < 0.005);
        BOOST_TEST(std::abs(unit.variance - 1.0 / 12) < 0.002);
        auto const normal = of([&] { return s.normal(); });
        BOOST_TEST(std::abs(normal.mean) < 0.015);
        BOOST_TEST(std::abs(normal.variance - 1) < 0.03);
        auto const range = of([&] { return s.uniform(-3, 1); });
        BOOST_TEST(std::abs(range.mean + 1) < 0.02);
        auto const coin = of([&] { return s.chance(0.2) ? 1.0 : 0.0; });
        BOOST_TEST(std::abs(coin.mean - 0.2) < 0.007);
        std::vector<int> faces(6);
        for (int i = 0; i < count; ++i) ++faces.at(s.below(6));
        for (int const f : faces) BOOST_TEST(std::abs(f - count / 6.0) < 600);
    }
}

BOOST_AUTO_TEST_CASE(keys_that_were_split_are_strangers) {
    for (std::uint64_t label = 0; label < 4; ++label) {
        BOOST_TEST(std::abs(correlation(5, split_key(5, label))) < 0.015);
        BOOST_TEST(std::abs(correlation(split_key(5, label), split_key(5, label + 1))) < 0.015);
        BOOST_TEST(std::abs(correlation(split_key(label, 7), split_key(label + 1, 7))) < 0.015);
        BOOST_TEST(std::abs(correlation(split_key(label, label + 1), split_key(label + 1, label))) < 0.015);
    }
    std::set<std::uint64_t> keys;
    for (std::uint64_t a = 0; a < 100; ++a)
        for (std::uint64_t b = 0; b < 100; ++b) keys.insert(split_key(a, b));
    BOOST_TEST(keys.size() == 10000u);
}

BOOST_AUTO_TEST_CASE(one_bit_of_the_counter_changes_half_of_the_number) {
    double changed = 0;
    for (std::uint64_t i = 0; i < 10000; ++i) changed += std::popcount(random_bits(3, i) ^ random_bits(3, i ^ (1ull << i % 40)));
    BOOST_TEST(std::abs(changed / 10000 - 32) < 0.3);
}

BOOST_AUTO_TEST_CASE(a_stream_is_a_function_of_key_and_counter) {
    random_stream a{9}, b{9};
    for (int i = 0; i < 5; ++i) a.bits();
    b.counter = 5;
    BOOST_TEST(a.bits() == b.bits());
    static_assert(random_unit(1, 2) == random_unit(1, 2));
    for (std::uint64_t i = 0; i < count; ++i) {
        float const u = random_unit(4, i);
        BOOST_REQUIRE((u >= 0 && u < 1));
    }
}

BOOST_AUTO_TEST_SUITE_END()
