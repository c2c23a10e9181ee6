// SPDX-License-Identifier: MIT
#include <mcfa/data/synthetic/drawing.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(synthetic_faces)

namespace {

bool same(image::pixels const& a, image::pixels const& b) { return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin()); }

bool holds(box area, point p) { return p.x > area.left && p.x < area.right() && p.y > area.top && p.y < area.bottom(); }

constexpr std::array<bool data::face_traits::*, 12> members{
    &data::face_traits::bangs,       &data::face_traits::black_hair, &data::face_traits::blond_hair, &data::face_traits::bushy_eyebrows,
    &data::face_traits::eyeglasses,  &data::face_traits::mouth_open, &data::face_traits::mustache,   &data::face_traits::pale_skin,
    &data::face_traits::rosy_cheeks, &data::face_traits::smiling,    &data::face_traits::hat,        &data::face_traits::lipstick};

} // namespace

BOOST_AUTO_TEST_CASE(a_key_is_a_face) {
    for (std::uint64_t key : {0ull, 1ull, 77ull, ~0ull}) {
        auto const a = data::draw_face(key), b = data::draw_face(key);
        BOOST_TEST(same(a.photo, b.photo));
        BOOST_TEST((a.face == b.face && a.landmarks == b.landmarks && a.attributes == b.attributes && a.pose == b.pose));
        BOOST_TEST(!same(a.photo, data::draw_face(key + 1).photo));
        BOOST_TEST((a.photo.shape()[0] == 160 && a.photo.shape()[1] == 160 && a.photo.shape()[2] == 3));
    }
    BOOST_CHECK_THROW(data::draw_face(1, 15), option_error);
}

BOOST_AUTO_TEST_CASE(boxes_and_landmarks_agree_with_the_photo) {
    float smallest = 1, largest = 0;
    for (std::uint64_t key = 0; key < 500; ++key) {
        int const side = key % 2 ? 96 : 160;
        auto const f = data::draw_face(key, side);
        float const s = static_cast<float>(side), share = std::max(f.face.width, f.face.height) / s;
        smallest = std::min(smallest, share), largest = std::max(largest, share);
        BOOST_TEST((f.face.left >= 0 && f.face.top >= 0 && f.face.right() <= s && f.face.bottom() <= s));
        for (point p : f.landmarks) BOOST_TEST(holds(f.face, p));
        BOOST_TEST(f.landmarks[0].x < f.landmarks[1].x); // left is left in the image
        BOOST_TEST(f.landmarks[3].x < f.landmarks[4].x);
        BOOST_TEST(std::max(f.landmarks[0].y, f.landmarks[1].y) < std::min(f.landmarks[3].y, f.landmarks[4].y));
        float const slope = std::atan2(f.landmarks[1].y - f.landmarks[0].y, f.landmarks[1].x - f.landmarks[0].x);
        BOOST_TEST(std::abs(slope - f.pose[0]) < 0.06f); // the eyes lean with the head
    }
    BOOST_TEST(smallest > 0.35f);
    BOOST_TEST(smallest < 0.4f);
    BOOST_TEST(largest < 0.7f);
    BOOST_TEST(largest > 0.65f);
}

BOOST_AUTO_TEST_CASE(landmarks_lie_on_what_they_name) {
    // An eye is much lighter beside its iris than the iris: along a line through the landmark there is a dark and a light place.
    int found = 0, eyes = 0;
    for (std::uint64_t key = 0; key < 60; ++key) {
        data::face_traits traits = data::draw_traits(key);
        traits.eyeglasses = false;
        auto const f = data::draw_face(key, 320, traits);
        for (int e = 0; e < 2; ++e, ++eyes) {
            float const reach = 0.11f * f.face.width;
            int dark = 255, light = 0;
            for (float t = -1; t <= 1; t += 0.05f) {
                auto const x = static_cast<int>(f.landmarks[e].x + t * reach),
                           y = static_cast<int>(f.landmarks[e].y + t * reach * std::tan(f.pose[0]));
                dark = std::min<int>(dark, f.photo(y, x, 1)), light = std::max<int>(light, f.photo(y, x, 1));
            }
            found += dark < 70 && light > 150;
        }
    }
    BOOST_TEST(found > eyes * 9 / 10);
}

BOOST_AUTO_TEST_CASE(attributes_are_balanced) {
    auto const names = data::synthetic_attribute_names();
    BOOST_TEST(std::is_sorted(names.begin(), names.end())); // CelebA's order
    std::array<int, names.size()> positive{};
    for (std::uint64_t key = 0; key < 2000; ++key) {
        auto const list = data::draw_traits(key).list();
        for (std::size_t i = 0; i < list.size(); ++i) positive[i] += list[i];
        BOOST_TEST(!(list[1] && list[2])); // black and blond
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(positive[i] > 300, names[i]);
        BOOST_TEST(positive[i] < 1700, names[i]);
    }
}

BOOST_AUTO_TEST_CASE(every_attribute_shows) {
    auto const names = data::synthetic_attribute_names();
    for (std::uint64_t key = 0; key < 60; ++key) {
        auto traits = data::draw_traits(key);
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto with = traits, without = traits;
            if (names[i] == "Black_Hair") with.blond_hair = without.blond_hair = false;
            if (names[i] == "Blond_Hair") with.black_hair = without.black_hair = false;
            with.*members[i] = true;
            without.*members[i] = false;
            auto const a = data::draw_face(key, 96, with), b = data::draw_face(key, 96, without);
            BOOST_TEST(a.attributes[i] == 1);
            BOOST_TEST(b.attributes[i] == -1);
            BOOST_TEST((a.face == b.face)); // the same person at the same place
            int changed = 0;
            for (int y = 0; y < 96; ++y)
                for (int x = 0; x < 96; ++x) {
                    int most = 0;
                    for (int c = 0; c < 3; ++c) most = std::max(most, std::abs(int{a.photo(y, x, c)} - int{b.photo(y, x, c)}));
                    changed += most > 12;
                }
            BOOST_TEST(changed >= 8, names[i] << " of key " << key << " changes " << changed << " pixels");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
