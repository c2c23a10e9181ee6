// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/data/synthetic_faces.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(synthetic_split)

BOOST_AUTO_TEST_CASE(parts_are_disjoint_and_whole) {
    synthetic_faces const faces(105, seed{3});
    BOOST_TEST(faces.training().size() == 84u);
    BOOST_TEST(faces.training().size() + faces.validation().size() + faces.test().size() == 105u);
    BOOST_TEST(faces.validation().photos().front() == faces.training().photos().back() + 1);
    BOOST_TEST(faces.test().photos().front() == faces.validation().photos().back() + 1);
    BOOST_TEST(faces.all().size() == 105u);
}

BOOST_AUTO_TEST_CASE(a_face_follows_from_seed_and_number) {
    auto const once = synthetic_faces(10, seed{3}).source().load(4), again = synthetic_faces(50, seed{3}).source().load(4);
    BOOST_TEST((once.photo == again.photo));
    BOOST_TEST((once.truth.face == again.truth.face));
    BOOST_TEST((once.photo != synthetic_faces(10, seed{4}).source().load(4).photo));
    BOOST_TEST(once.truth.measurements.at("pose").size() == 3u);
    BOOST_TEST(once.truth.landmarks.size() == 5u);
    BOOST_TEST(once.truth.attributes.size() == synthetic_faces(10).source().attributes()->names().size());
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
    refuses<option_error>([] { synthetic_faces(9); }, "synthetic_faces: count is 9", "at least 10");
    refuses<option_error>([] { synthetic_faces(10, {}, 4); }, "synthetic_faces: side is 4", "at least 16");
}

BOOST_AUTO_TEST_CASE(a_split_gives_its_first_photos) {
    auto const all = synthetic_faces(20, seed{3}, 24).training();
    auto const few = all.first(5);
    BOOST_TEST(few.size() == 5u);
    BOOST_TEST(few.name(4) == all.name(4));
    BOOST_TEST(all.first(99).size() == 16u);
    BOOST_TEST(all.size() == 16u);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_knows_the_data_by_what_is_known_of_them) {
    auto const of = [](seed s, sampling const& windows) { return synthetic_faces(20, s, 24).training(windows).identity(); };
    sampling const usual;
    sampling shifted, mixed;
    shifted.shift = 0.1f;
    mixed.mix.part = 2;
    BOOST_TEST((of(seed{3}, usual) == of(seed{3}, usual)));
    BOOST_TEST(of(seed{3}, usual).at("photos").starts_with("16 photos, fnv1a-words:"));
    BOOST_TEST(of(seed{3}, usual).at("photos") != of(seed{4}, usual).at("photos"));
    BOOST_TEST(of(seed{3}, usual).at("windows") != of(seed{3}, shifted).at("windows"));
    BOOST_TEST(of(seed{3}, usual).at("windows") == of(seed{3}, mixed).at("windows"));
    BOOST_TEST(of(seed{3}, mixed).at("mix") == "positive 6, part 2, negative 1, landmarks 0");
}

BOOST_AUTO_TEST_SUITE_END()
