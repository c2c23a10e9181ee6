// SPDX-License-Identifier: MIT
#include <mcfa/image/shrink.hpp>

#include <boost/test/unit_test.hpp>

#include <random>

using namespace mcfa;

namespace {

std::vector<float> noise(int side) {
    std::mt19937 random(11);
    std::vector<float> out(static_cast<std::size_t>(side * side * 3));
    for (auto& v : out) v = static_cast<float>(random() % 256);
    return out;
}

/// The definition, with the overlap of every pair of squares.
float slow(std::vector<float> const& in, int n, int m, int y, int x, int c) {
    double const ratio = static_cast<double>(n) / m;
    double sum = 0;
    auto overlap = [&](int i, int j) {
        return std::max(0.0, std::min((i + 1) * ratio, j + 1.0) - std::max(i * ratio, static_cast<double>(j)));
    };
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) sum += overlap(y, j) * overlap(x, i) * in[static_cast<std::size_t>((j * n + i) * 3 + c)];
    return static_cast<float>(sum / (ratio * ratio));
}

} // namespace

BOOST_AUTO_TEST_SUITE(shrink)

BOOST_AUTO_TEST_CASE(every_value_is_the_mean_of_its_square) {
    std::vector<float> scratch; // of other sizes before
    for (auto [n, m] : {std::pair{12, 12}, {12, 6}, {12, 4}, {12, 1}, {14, 8}, {13, 5}, {7, 6}}) {
        auto const in = noise(n);
        std::vector<float> out(static_cast<std::size_t>(m * m * 3), -1.0f);
        image::shrink_area(in, n, m, out, scratch);
        for (int y = 0; y < m; ++y)
            for (int x = 0; x < m; ++x)
                for (int c = 0; c < 3; ++c)
                    BOOST_TEST(std::abs(out[static_cast<std::size_t>((y * m + x) * 3 + c)] - slow(in, n, m, y, x, c)) < 1e-3f);
    }
}

BOOST_AUTO_TEST_CASE(wrong_sizes_are_refused) {
    std::vector<float> in(48), out(27), scratch;
    BOOST_CHECK_THROW(image::shrink_area(in, 4, 5, out, scratch), option_error);
    BOOST_CHECK_THROW(image::shrink_area(in, 4, 0, out, scratch), option_error);
    BOOST_CHECK_THROW(image::shrink_area(in, 4, 2, out, scratch), shape_error);
    BOOST_CHECK_THROW(image::shrink_area(in, 5, 3, out, scratch), shape_error);
}

BOOST_AUTO_TEST_SUITE_END()
