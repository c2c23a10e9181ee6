// SPDX-License-Identifier: MIT
#include <mcfa/image/sheet.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(image_sheet)

BOOST_AUTO_TEST_CASE(pictures_stand_in_rows) {
    std::vector<image::pixels> pictures;
    for (int i = 0; i < 3; ++i) pictures.push_back(image::blank(4, 5, static_cast<std::uint8_t>(10 * i), 1, 2));
    auto const sheet = image::tiled(pictures, 2);
    BOOST_TEST(image::height(sheet) == 2 * 10 + 6);
    BOOST_TEST(image::width(sheet) == 2 * 11 + 6);
    BOOST_TEST(int(sheet(6, 6, 0)) == 0);
    BOOST_TEST(int(sheet(6, 6 + 11, 0)) == 10);
    BOOST_TEST(int(sheet(6 + 10, 6, 0)) == 20);
    BOOST_TEST(int(sheet(0, 0, 0)) == 12);
    BOOST_CHECK_THROW(image::tiled({}, 2), shape_error);
    pictures.push_back(image::blank(4, 6, 0, 0, 0));
    BOOST_CHECK_THROW(image::tiled(pictures, 2), shape_error);
}

BOOST_AUTO_TEST_CASE(words_stand_beneath_the_picture) {
    auto const picture = image::blank(20, 200, 9, 9, 9);
    std::vector<std::string> const words{"Smiling"};
    auto const sheet = image::captioned(picture, words), plain = image::captioned(picture, {});
    BOOST_TEST(image::height(sheet) == 84);
    BOOST_TEST(int(sheet(19, 199, 1)) == 9);
    BOOST_TEST((sheet != plain));
}

BOOST_AUTO_TEST_SUITE_END()
