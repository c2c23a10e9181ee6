// SPDX-License-Identifier: MIT
// Windows cut, windows shrunk and boxes suppressed by a device's launches, against the host's own functions.
#include <mcfa/cascade/batch.hpp>
#include <mcfa/detect/propose/suppression.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/image/shrink.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>
#ifdef MCFA_LAWS_ON_GPU
#include "../cuda/settled.hpp"
#else
#include <mcfa/backend/emulated_device.hpp>
#endif

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(detect_device_operations)

namespace {

#ifdef MCFA_LAWS_ON_GPU
using B = test::settled<float>;
#else
using B = backend::emulated_device;
#endif

image::pixels noisy_photo(int height, int width) {
    image::pixels photo = image::blank(height, width, 0, 0, 0);
    random_stream random{4};
    for (auto& value : photo) value = static_cast<std::uint8_t>(random.below(256));
    return photo;
}

double largest_difference(std::span<float const> a, std::span<float const> b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::isfinite(a[i]) ? std::max(worst, std::abs(double(a[i]) - double(b[i]))) : 1e9;
    return worst;
}

} // namespace

BOOST_AUTO_TEST_CASE(windows_cut_by_a_device_are_those_of_the_host) {
    constexpr int height = 61, width = 83;
    auto const photo = noisy_photo(height, width);
    std::vector<std::uint8_t> const bytes(photo.begin(), photo.end());
    B const backend{};
    B::execution run{backend};
    for (int const side : {1, 8, 23}) {
        std::vector<crop_window> windows{{{41.5f, 30.5f}, static_cast<float>(2 * side), 0, false}, {{-500, 20}, 30, 0, false}};
        random_stream random{9};
        for (int i = 0; i < 40; ++i)
            windows.push_back({{static_cast<float>(random.uniform(-10, width + 10)), static_cast<float>(random.uniform(-10, height + 10))},
                               static_cast<float>(random.uniform(2, 120)),
                               i % 3 ? static_cast<float>(random.uniform(-3, 3)) : 0,
                               i % 2 == 1});
        std::size_t const size = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
        for (bool const normalises : {true, false}) {
            std::vector<float> found(windows.size() * size, NAN), expected(size);
            kernel<crop, B>::apply(run, crop{height, width, side, normalises}, static_cast<int>(windows.size()), bytes.data(),
                                   windows.data(), found.data());
            for (std::size_t n = 0; n < windows.size(); ++n) {
                auto const& w = windows[n];
                image::cut(photo, {w.centre, w.side, w.angle, w.mirrored}, side, expected);
                if (normalises) std::transform(expected.begin(), expected.end(), expected.begin(), normalised_pixel);
                double const off = largest_difference(std::span(found).subspan(n * size, size), expected);
                BOOST_TEST(off < (normalises ? 1e-3 : 0.1), "side " << side << ", window " << n << ": off by " << off);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(windows_shrunk_by_a_device_are_those_of_the_host) {
    B const backend{};
    B::execution run{backend};
    for (auto const& [in, out] : {std::pair{12, 12}, {12, 6}, {17, 5}, {23, 22}, {9, 1}}) {
        std::size_t const from = static_cast<std::size_t>(in * in * 3), to = static_cast<std::size_t>(out * out * 3);
        std::vector<float> x(3 * from), found(3 * to, NAN), expected(to);
        random_stream random{2};
        for (float& v : x) v = static_cast<float>(random.uniform(0, 255));
        kernel<area_shrink, B>::apply(run, area_shrink{in, out}, 3, static_cast<float const*>(x.data()), found.data());
        for (std::size_t n = 0; n < 3; ++n) {
            image::shrink_area(std::span<float const>(x).subspan(n * from, from), in, out, expected);
            BOOST_TEST(largest_difference(std::span(found).subspan(n * to, to), expected) < 1e-3, in << " to " << out);
        }
    }
}

BOOST_AUTO_TEST_CASE(boxes_suppressed_by_a_device_are_those_of_the_host) {
    B const backend{};
    B::execution run{backend};
    for (int const count : {0, 1, 31, 32, 33, 200}) {
        random_stream random{static_cast<std::uint64_t>(count)};
        std::vector<box> boxes;
        std::vector<float> scores;
        for (int i = 0; i < count; ++i) {
            auto const draw = [&](double low, double high) { return static_cast<float>(random.uniform(low, high)); };
            boxes.push_back({draw(0, 60), draw(0, 60), draw(1, 40), draw(1, 40)});
            scores.push_back(static_cast<float>(count - i));
        }
        for (bool const smaller : {false, true})
            for (float const most : {0.0f, 0.3f, 0.7f}) {
                std::vector<std::uint8_t> kept(boxes.size(), 7);
                kernel<suppression, B>::keep(run, suppression{most, smaller}, count, boxes.data(), kept.data());
                std::vector<std::uint8_t> expected(boxes.size(), 0);
                auto const measure = smaller ? detect::overlap_measure::smaller_area : detect::overlap_measure::union_area;
                for (std::size_t const i : detect::suppress(boxes, scores, most, measure)) expected[i] = 1;
                BOOST_TEST(kept == expected);
            }
    }
}

BOOST_AUTO_TEST_SUITE_END()
