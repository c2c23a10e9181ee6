// SPDX-License-Identifier: MIT
#include <mcfa/core/view.hpp>

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <numeric>
#include <vector>

using namespace mcfa;

namespace {

constexpr int second_of_last_row() {
    int const values[] = {1, 2, 3, 4, 5, 6};
    return matrix<int const>{values, 3, 2}(2, 1);
}
static_assert(second_of_last_row() == 6, "a view is a constant expression");
static_assert(std::convertible_to<row<float>, row<float const>> && !std::convertible_to<row<float const>, row<float>>);
static_assert(!std::constructible_from<matrix<float>, float*, int>, "as many extents as the rank says");
static_assert(std::is_trivially_copyable_v<planes<float>>, "so that a device takes it as it is");

} // namespace

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(indices_are_row_major) {
    std::vector<int> values(2 * 3 * 4 * 5);
    std::iota(values.begin(), values.end(), 0);
    planes<int> const all{values.data(), 2, 3, 4, 5};
    BOOST_TEST(all(1, 2, 3, 4) == 119);
    BOOST_TEST(all(1, 0, 2, 1) == 71);
    BOOST_TEST(all[1](0, 2, 1) == 71);
    BOOST_TEST(all[1][0][2][1] == 71);
    BOOST_TEST(all.size() == 120u);
    BOOST_TEST(all.stride() == 60u);
    BOOST_TEST(all.rows()(1, 11) == 71);
    BOOST_TEST(all.flat()[71] == 71);
    BOOST_TEST(all.as(6, 20)(3, 11) == 71);
    all(0, 0, 0, 0) = -1;
    BOOST_TEST(values[0] == -1);
}

BOOST_AUTO_TEST_CASE(parts_are_of_the_first_extent) {
    std::vector<int> values{1, 2, 3, 4, 5, 6};
    auto const part = matrix<int>{values.data(), 3, 2}.part(1, 2);
    BOOST_TEST(part.extent(0) == 2u);
    BOOST_TEST(part.extent(1) == 2u);
    BOOST_TEST(part(0, 0) == 3);
    BOOST_TEST(part(1, 1) == 6);
    BOOST_TEST(std::accumulate(part.begin(), part.end(), 0) == 18);
}

BOOST_AUTO_TEST_CASE(what_is_left_out_is_empty) {
    BOOST_TEST(row<float>{}.empty());
    BOOST_TEST(row<float>{}.part(0, 0).empty());
    std::vector<float> const one{1};
    BOOST_TEST(!row<float const>{one}.empty());
    BOOST_TEST((row<float const>{one} == row<float const>{one.data(), 1}));
}

BOOST_AUTO_TEST_SUITE_END()
