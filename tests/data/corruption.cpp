// SPDX-License-Identifier: MIT
#include <mcfa/data/corruption.hpp>
#include <mcfa/data/identity.hpp>
#include <mcfa/data/window.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

using namespace mcfa;
using namespace mcfa::data;

namespace {

constexpr int side = 40;

/// A window of which the left quarter lies outside the photo.
std::vector<float> half_lit() {
    std::vector<float> window(static_cast<std::size_t>(side) * side * 3);
    for (std::size_t i = 0; i < window.size(); ++i) window[i] = i / 3 % side < side / 4 ? 0.0f : static_cast<float>(40 + i * 7 % 180);
    return window;
}

/// Changes that leave a window as it is; a test gives one of them its reach.
corruptions neutral() {
    return {.share = 1, .gain = {1, 1}, .gamma = {1, 1}, .cast = 0, .contrast = 1, .noise = 0, .cover = 0.1f, .edge = 0, .angle = 0};
}

/// Smallest and largest quotient of values before and after `corrupt`, over many draws, where the window was not black.
struct extremes {
    float least = 1e9f, most = 0;
    std::vector<float> last;
};

template <class Change>
extremes quotients(Change change) {
    extremes found;
    for (std::uint64_t key = 0; key < 200; ++key) {
        auto const before = half_lit();
        found.last = before;
        random_stream random{key};
        change(random, found.last);
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (before[i] == 0) {
                BOOST_REQUIRE(found.last[i] == 0);
                continue;
            }
            BOOST_REQUIRE((found.last[i] >= 0 && found.last[i] <= 255));
            found.least = std::min(found.least, found.last[i] / before[i]);
            found.most = std::max(found.most, found.last[i] / before[i]);
        }
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(corruption)

BOOST_AUTO_TEST_CASE(light_reaches_from_the_darkest_gain_to_the_brightest_and_leaves_the_outside_black) {
    corruptions options = neutral();
    options.gain = {0.1f, 2};
    auto const found = quotients([&](random_stream& random, std::vector<float>& window) { change_light(random, options, window); });
    BOOST_TEST(found.least < 0.12f);
    BOOST_TEST(found.least >= 0.1f - 0.5f / 40); // rounded to whole grey levels
    BOOST_TEST(found.most > 1.9f);
    BOOST_TEST(std::ranges::all_of(found.last, [](float v) { return v == std::round(v); }));
}

BOOST_AUTO_TEST_CASE(a_cast_weakens_channels_apart_from_one_another) {
    corruptions options = neutral();
    options.cast = 0.5f;
    auto const found = quotients([&](random_stream& random, std::vector<float>& window) { change_light(random, options, window); });
    BOOST_TEST(found.most <= 1.0f);
    BOOST_TEST(found.least < 0.55f);
    auto const before = half_lit();
    std::size_t const first = 3 * side / 2, far = first + 12;
    BOOST_TEST(found.last[first] / before[first] == found.last[far] / before[far], boost::test_tools::tolerance(0.03f));
    BOOST_TEST(std::abs(found.last[first] / before[first] - found.last[first + 1] / before[first + 1]) > 0.02f);
}

BOOST_AUTO_TEST_CASE(contrast_shrinks_and_noise_moves_by_its_deviation) {
    corruptions options = neutral();
    options.contrast = 0.25f;
    auto const spread = [](std::vector<float> const& window) {
        double sum = 0, squares = 0, n = 0;
        for (float v : window)
            if (v > 0) sum += v, squares += static_cast<double>(v) * v, ++n;
        return std::sqrt(squares / n - sum / n * (sum / n));
    };
    double least = 1e9;
    for (std::uint64_t key = 0; key < 100; ++key) {
        auto window = half_lit();
        random_stream random{key};
        lower_contrast(random, options, window);
        least = std::min(least, spread(window) / spread(half_lit()));
    }
    BOOST_TEST(least > 0.24);
    BOOST_TEST(least < 0.29);

    options.noise = 20;
    double most = 0;
    for (std::uint64_t key = 0; key < 100; ++key) {
        auto window = half_lit();
        random_stream random{key};
        add_noise(random, options, window);
        auto const before = half_lit();
        double squares = 0, n = 0;
        for (std::size_t i = 0; i < window.size(); ++i)
            if (before[i] > 0) squares += std::pow(static_cast<double>(window[i] - before[i]), 2), ++n;
        most = std::max(most, std::sqrt(squares / n));
    }
    BOOST_TEST(most == 20, boost::test_tools::tolerance(0.1));
}

BOOST_AUTO_TEST_CASE(covered_parts_and_black_bands_keep_within_their_sides) {
    corruptions options = neutral();
    options.cover = 0.4f;
    options.edge = 0.3f;
    int most_covered = 0, most_black = 0;
    for (std::uint64_t key = 0; key < 200; ++key) {
        auto const before = half_lit();
        auto window = before;
        random_stream random{key};
        cover(random, options, side, window);
        int changed = 0;
        for (std::size_t i = 0; i < window.size(); i += 3) changed += !std::equal(&window[i], &window[i] + 3, &before[i]);
        most_covered = std::max(most_covered, changed);

        std::vector<float> lit(before.size(), 100.0f);
        cut_by_edge(random, options, side, lit);
        most_black = std::max(most_black, static_cast<int>(std::ranges::count(lit, 0.0f)) / 3);
    }
    BOOST_TEST(most_covered <= 16 * 16);
    BOOST_TEST(most_covered > 12 * 12);
    BOOST_TEST(most_black <= 12 * side);
    BOOST_TEST(most_black >= 10 * side);
}

BOOST_AUTO_TEST_CASE(turns_reach_further_with_their_share) {
    sampling options;
    options.angle = 6;
    auto const far_turns = [&](float share) {
        options.corrupt.share = share;
        options.corrupt.angle = 60;
        int far = 0;
        for (std::uint64_t key = 0; key < 1000; ++key) {
            image::placement window{};
            random_stream random{key};
            turn(random, options, window);
            far += std::abs(window.angle) * 180 / std::numbers::pi > 6.001;
            BOOST_REQUIRE(std::abs(window.angle) * 180 / std::numbers::pi <= 60.001);
        }
        return far;
    };
    BOOST_TEST(far_turns(0) == 0);
    BOOST_TEST(far_turns(0.5f) > 400); // nine tenths of half of them
    BOOST_TEST(far_turns(0.5f) < 500);
}

// Trainings from before these options have a text without them.
BOOST_AUTO_TEST_CASE(a_sampling_without_corruption_is_described_as_before) {
    sampling options;
    BOOST_TEST(windows_text(options).find("corrupt") == std::string::npos);
    options.corrupt.share = 0.25f;
    BOOST_TEST(windows_text(options).find(", corrupted 0.25: gain ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ranges_are_checked_by_name) {
    sampling options;
    options.corrupt.gain.least = 0;
    BOOST_CHECK_EXCEPTION(options.check(), option_error, [](option_error const& e) {
        return std::string(e.what()).find("sampling.corrupt.gain.least is 0, expected 0.01 to 10") != std::string::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()
