// SPDX-License-Identifier: MIT
// The weights in examples/models find the face of each portrait in examples/photos, and nothing else, in float and in int8.
#include "cascades/chosen_cascade.hpp"
#include "detection_options.hpp"

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/io/safetensors/reader.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>

namespace {

struct portrait {
    char const* file;
    std::array<mcfa::point, 5> landmarks; // marked by hand, pixels
};

std::ostream& operator<<(std::ostream& out, portrait const& p) { return out << p.file; }

constexpr portrait portraits[] = {
    {"astronaut.jpg", {{{203.6f, 100.8f}, {246.4f, 102.8f}, {224, 126}, {203.6f, 141}, {244, 142}}}},
    {"grace_hopper.jpg", {{{224, 189.3f}, {305, 186.7f}, {268.3f, 241.7f}, {228.3f, 280}, {308.3f, 278.3f}}}},
};

float distance(mcfa::point a, mcfa::point b) { return std::hypot(a.x - b.x, a.y - b.y); }

} // namespace

BOOST_DATA_TEST_CASE(each_portrait_has_one_face_with_its_landmarks,
                     boost::unit_test::data::make(portraits) * boost::unit_test::data::make({false, true}), portrait, in_int8) {
    std::string const folder = MCFA_TEST_DIR;
    auto const file = mcfa::io::safetensors_file::read(folder + "/models/slim.safetensors");
    auto const cascade = load_cascade(file, 1);
    auto const find = cascade->detector(detector_options_of({}, cascade->model().detection_thresholds(), cascade->stages()),
                                        in_int8 ? arithmetic::int8 : arithmetic::floats);

    auto const faces = find(mcfa::image::read(folder + "/photos/" + portrait.file));
    BOOST_REQUIRE_EQUAL(faces.size(), 1);
    BOOST_TEST(faces[0].probability > 0.9f);
    float error = 0;
    for (std::size_t i = 0; i < 5; ++i) error += distance(faces[0].landmarks[i], portrait.landmarks[i]) / 5;
    float const nme = error / distance(portrait.landmarks[0], portrait.landmarks[1]);
    BOOST_TEST_MESSAGE(portrait.file << ": landmark error " << nme << " of the distance between the eyes");
    BOOST_TEST(nme < 0.1f);
}
