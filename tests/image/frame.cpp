// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/core/array_views.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <array>
#include <random>

using namespace mcfa;
using image::pixel_order;

namespace {

image::pixels random_bytes(int height, int width) {
    std::mt19937 random(17);
    auto photo = image::blank(height, width);
    for (auto& v : photo) v = static_cast<std::uint8_t>(random());
    return photo;
}

/// The photo as a camera might give it: another order, rows padded to `row_bytes`.
bytes stored(image::pixels const& photo, pixel_order order, std::size_t row_bytes) {
    auto const high = photo.shape()[0], wide = photo.shape()[1], step = static_cast<std::size_t>(image::bytes_per_pixel(order));
    bytes out(high * row_bytes, 201);
    for (std::size_t y = 0; y < high; ++y)
        for (std::size_t x = 0; x < wide; ++x) {
            std::uint8_t* const to = out.data() + y * row_bytes + x * step;
            bool const swapped = order == pixel_order::bgr || order == pixel_order::bgra;
            if (step == 1) to[0] = photo(y, x, 1);
            else to[swapped ? 2 : 0] = photo(y, x, 0), to[1] = photo(y, x, 1), to[swapped ? 0 : 2] = photo(y, x, 2);
        }
    return out;
}

std::vector<float> window_of(image::frame const& photo, image::placement const& window) {
    std::vector<float> out(12 * 12 * 3);
    image::cut(photo, window, 12, out);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(every_order_is_read_as_red_green_blue) {
    auto const photo = random_bytes(30, 41);
    for (auto order : {pixel_order::rgb, pixel_order::bgr, pixel_order::rgba, pixel_order::bgra}) {
        auto const memory = stored(photo, order, 200);
        image::frame const seen{memory.data(), 30, 41, 200, order};
        for (auto const& window : {image::placement{{20, 15}, 12, 0, false}, {{3, 28}, 31, 0.4f, true}, {{20, 15}, 70, 0, false}})
            BOOST_TEST((window_of(seen, window) == window_of(photo, window)));
    }
    auto const memory = stored(photo, pixel_order::grey, 64);
    auto const out = window_of({memory.data(), 30, 41, 64, pixel_order::grey}, {{20, 15}, 12, 0, false});
    for (std::size_t i = 0; i < out.size(); i += 3) BOOST_TEST((out[i] == out[i + 1] && out[i] == out[i + 2]));
    BOOST_TEST(out[1] == window_of(photo, {{20, 15}, 12, 0, false})[1]);
}

BOOST_AUTO_TEST_CASE(rows_may_be_stored_bottom_first) {
    auto const photo = random_bytes(30, 41);
    auto upside_down = photo;
    for (std::size_t y = 0; y < 30; ++y) std::copy_n(photo.data() + (29 - y) * 123, 123, upside_down.data() + y * 123);
    image::frame const seen{upside_down.data() + 29 * 123, 30, 41, -123};
    BOOST_TEST((window_of(seen, {{20, 15}, 20, 0, false}) == window_of(photo, {{20, 15}, 20, 0, false})));
}

BOOST_AUTO_TEST_CASE(a_strided_view_is_read_in_place) {
    auto const photo = random_bytes(30, 41);
    auto const part = xt::view(photo, xt::range(4, 26), xt::range(7, 40), xt::all());
    image::pixels const copy = part;
    BOOST_TEST((window_of(part, {{10, 10}, 16, 0.2f, false}) == window_of(copy, {{10, 10}, 16, 0.2f, false})));
    auto const adapted = mcfa::adapted<3>(photo.data(), std::array<int, 3>{30, 41, 3});
    BOOST_TEST((window_of(adapted, {{10, 10}, 16, 0.2f, false}) == window_of(photo, {{10, 10}, 16, 0.2f, false})));
    auto const row = xt::view(photo, xt::range(4, 5), xt::all(), xt::all());
    BOOST_TEST(image::frame(row).height() == 1);
}

BOOST_AUTO_TEST_CASE(senseless_frames_are_refused) {
    std::uint8_t const memory[64]{};
    BOOST_CHECK_THROW(image::frame(memory, -1, 2, 6), shape_error);
    BOOST_CHECK_THROW(image::frame(memory, 2, 4, 15, pixel_order::rgba), shape_error);
    BOOST_CHECK_THROW(image::frame(nullptr, 2, 2, 6), shape_error);
    auto const photo = random_bytes(8, 9);
    BOOST_CHECK_THROW(image::frame{xt::view(photo, xt::all(), xt::range(0, 9, 2), xt::all())}, shape_error); // every other pixel
    BOOST_CHECK_THROW(image::frame{xt::view(photo, xt::all(), xt::all(), xt::range(0, 2))}, shape_error);
    BOOST_CHECK_THROW(image::frame{xt::view(photo, 0, xt::all(), xt::all())}, shape_error);
}

BOOST_AUTO_TEST_SUITE_END()
