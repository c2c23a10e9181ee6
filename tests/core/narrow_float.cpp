// SPDX-License-Identifier: MIT
#include <mcfa/core/narrow_float.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

using namespace mcfa;

namespace {

std::uint16_t to_f16(double value) { return float16(value).bits; }
double from_f16(std::uint16_t bits) { return static_cast<double>(static_cast<float>(float16::of_bits(bits))); }
std::uint16_t to_bf16(double value) { return bfloat16(value).bits; }
double from_bf16(std::uint16_t bits) { return static_cast<double>(static_cast<float>(bfloat16::of_bits(bits))); }

using encoder = std::uint16_t (*)(double);
using decoder = double (*)(std::uint16_t);

/// Every pair of neighbours: each decodes and encodes to itself, their middle goes to the even one, all else to the nearer.
void expect_nearest_even(encoder encode, decoder decode, std::uint16_t infinity) {
    for (std::uint16_t bits = 0; bits + 1 < infinity; ++bits) {
        auto const next = static_cast<std::uint16_t>(bits + 1);
        auto const low = decode(bits), high = decode(next), middle = (low + high) / 2;
        auto const even = bits % 2 == 0 ? bits : next;
        bool const right = low < high && encode(low) == bits && encode(high) == next && encode(middle) == even &&
                           encode(std::nextafter(middle, low)) == bits && encode(std::nextafter(middle, high)) == next &&
                           encode(-high) == (next | 0x8000) && decode(static_cast<std::uint16_t>(next | 0x8000)) == -high;
        BOOST_REQUIRE_MESSAGE(right, "at bits " << bits);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(narrow_float)

BOOST_AUTO_TEST_CASE(f16_rounds_to_nearest_even_everywhere) { expect_nearest_even(to_f16, from_f16, 0x7c00); }
BOOST_AUTO_TEST_CASE(bf16_rounds_to_nearest_even_everywhere) { expect_nearest_even(to_bf16, from_bf16, 0x7f80); }

BOOST_AUTO_TEST_CASE(known_f16) {
    BOOST_CHECK_EQUAL(to_f16(1.0), 0x3c00);
    BOOST_CHECK_EQUAL(to_f16(-2.0), 0xc000);
    BOOST_CHECK_EQUAL(to_f16(1.0 / 3), 0x3555);
    BOOST_CHECK_EQUAL(to_f16(0x1p-24), 0x0001);
    BOOST_CHECK_EQUAL(to_f16(0x1p-25), 0x0000);
    BOOST_CHECK_EQUAL(to_f16(-0.0), 0x8000);
    BOOST_CHECK_EQUAL(to_f16(65504.0), 0x7bff);
    BOOST_CHECK_EQUAL(to_f16(65519.0), 0x7bff);
    BOOST_CHECK_EQUAL(to_f16(65520.0), 0x7c00);
    BOOST_CHECK_EQUAL(to_f16(1e300), 0x7c00);
    BOOST_CHECK_EQUAL(to_f16(std::numeric_limits<double>::denorm_min()), 0);
    BOOST_CHECK_EQUAL(from_f16(0x0400), 0x1p-14);
}

BOOST_AUTO_TEST_CASE(known_bf16) {
    BOOST_CHECK_EQUAL(to_bf16(1.0), 0x3f80);
    BOOST_CHECK_EQUAL(to_bf16(-3.140625), 0xc049);
    BOOST_CHECK_EQUAL(to_bf16(std::numeric_limits<float>::max()), 0x7f80);
    BOOST_CHECK_EQUAL(from_bf16(0x7f7f), 0x1.fep127);
    BOOST_CHECK_EQUAL(from_bf16(0x0001), 0x1p-133);
}

BOOST_AUTO_TEST_CASE(infinities_and_nan_stay) {
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_EQUAL(to_f16(-infinity), 0xfc00);
    BOOST_CHECK_EQUAL(to_bf16(infinity), 0x7f80);
    BOOST_CHECK_EQUAL(from_f16(0xfc00), -infinity);
    BOOST_CHECK_EQUAL(from_bf16(0x7f80), infinity);
    BOOST_CHECK(std::isnan(from_f16(to_f16(nan))));
    BOOST_CHECK(std::isnan(from_bf16(to_bf16(nan))));
}

BOOST_AUTO_TEST_SUITE_END()
