// SPDX-License-Identifier: MIT
#include "found_pictures.hpp"

#include <mcfa/data/split.hpp>
#include <mcfa/detect/score/scenes.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(scenes)

namespace {

data::split some(std::size_t count) {
    std::vector<std::size_t> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = i;
    return {std::make_shared<portraits>(count), all};
}

std::vector<detect::scene> scenes_of(data::split const& photos, detect::scene_options options) {
    detect::scene_maker maker(photos, photos.photos(), options);
    std::vector<detect::scene> made;
    while (auto next = maker.next()) made.push_back(std::move(*next));
    return made;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_photo_is_laid_out_once_and_no_two_overlap) {
    auto const made = scenes_of(some(30), {.seed = {4}});
    std::size_t faces = 0;
    for (auto const& scene : made) {
        faces += scene.faces.size();
        for (std::size_t i = 0; i < scene.faces.size(); ++i) {
            box const face = scene.faces[i].face.value();
            float const longer = std::max(face.width, face.height);
            BOOST_TEST(longer > 40);
            BOOST_TEST(longer < 222);
            BOOST_TEST((face.left >= 0 && face.top >= 0 && face.right() <= 640 && face.bottom() <= 480));
            for (std::size_t k = 0; k < i; ++k) BOOST_TEST(intersection(face, *scene.faces[k].face) == 0);
        }
    }
    BOOST_TEST(faces == 30u);
    BOOST_TEST(made.size() > 1u);
    BOOST_TEST(made.size() < 30u);
}

BOOST_AUTO_TEST_CASE(landmarks_follow_their_face) {
    for (auto const& scene : scenes_of(some(6), {}))
        for (auto const& truth : scene.faces) {
            float const by = truth.face->width / 40;
            BOOST_TEST(truth.landmarks[0].x - truth.face->left == 10 * by, boost::test_tools::tolerance(1e-3f));
            BOOST_TEST(truth.landmarks[4].y - truth.face->top == 30 * by, boost::test_tools::tolerance(1e-3f));
        }
}

BOOST_AUTO_TEST_CASE(the_seed_alone_decides) {
    auto const photos = some(8);
    auto const once = scenes_of(photos, {.seed = {4}}), again = scenes_of(photos, {.seed = {4}}), other = scenes_of(photos, {.seed = {5}});
    BOOST_REQUIRE(once.size() == again.size());
    for (std::size_t i = 0; i < once.size(); ++i) BOOST_TEST((once[i].photo == again[i].photo));
    BOOST_TEST((once[0].photo != other[0].photo));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused_by_name) {
    auto const refused = [](detect::scene_options options, char const* name) {
        BOOST_CHECK_EXCEPTION(detect::scene_maker(some(1), {0}, options), option_error,
                              [&](option_error const& e) { return std::string(e.what()).starts_with(name); });
    };
    refused({.height = -1}, "scenes: height is -1");
    refused({.width = 1 << 30}, "scenes: width is");
    refused({.smallest_face = std::nanf("")}, "scenes: smallest_face is");
    refused({.largest_face = 10}, "scenes: largest_face is");
}

BOOST_AUTO_TEST_SUITE_END()
