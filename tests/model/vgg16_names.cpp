// SPDX-License-Identifier: MIT
#include "expect_error.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/image/window_cutter.hpp>
#include <mcfa/io/load_matching.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/sequential_rules.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace mcfa;

/// Weights by torchvision's names, recorded by golden/vgg16_names.py.
BOOST_AUTO_TEST_SUITE(names_of_vgg16)

namespace {

template <int Channels>
using normalised_2 = block<conv<Channels>, batch_norm, relu, conv<Channels>, batch_norm, relu, max_pool<2>>;
template <int Channels>
using normalised_3 =
    block<conv<Channels>, batch_norm, relu, conv<Channels>, batch_norm, relu, conv<Channels>, batch_norm, relu, max_pool<2>>;

struct plain
    : stage<input<32, 3, pixels::imagenet>, vgg_block<2, 2>, vgg_block<3, 2>, vgg_block<4, 3>, vgg_block<5, 3>, vgg_block<5, 3>, flatten> {
};
struct normalised
    : stage<input<32, 3, pixels::vgg_face>, normalised_2<2>, normalised_2<3>, normalised_3<4>, normalised_3<5>, normalised_3<5>, flatten> {
};
struct plain_net : cascade<heads<face_class>, plain> {};
struct normalised_net : cascade<heads<face_class>, normalised> {};

std::string const file = MCFA_GOLDEN_DIR "/vgg16_names.safetensors";

/// The features of the recorded photo agree with those that PyTorch found.
template <class Net>
io::matching_report expect_features(std::string const& name, std::size_t layers) {
    model<Net, float, backend::eigen> m{seed{1}, backend::eigen{1}};
    auto const report = io::load_matching(m, file, io::sequential_rules(m.net(), name, name + ".features"));
    BOOST_TEST(report.taken.size() == layers);
    BOOST_TEST(report.refused.empty());
    BOOST_TEST(report.missing.size() == 2u); // the head
    auto const recorded = io::safetensors_file::read(file);
    auto const bytes = recorded.values<float>("photo"), expected = recorded.values<float>(name);
    auto photo = image::blank(32, 32);
    std::transform(bytes.begin(), bytes.end(), photo.data(), [](float v) { return static_cast<std::uint8_t>(v); });
    image::window_cutter cutter(m.net(), 1);
    cutter.fill(photo, {{16, 16}, 32, 0, false}, 0, 1);
    prepared_model const ready{m};
    workspace w{m, 1, purpose::inference};
    w.load(0, cutter.windows()[0], 1);
    forward(ready, w, 1);
    BOOST_REQUIRE(expected.size() == 5u);
    float largest = 0;
    for (float const v : expected) largest = std::max(largest, std::abs(v));
    BOOST_TEST(largest > 0);
    for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(w.feature(0)[i] - expected[i]) <= 1e-4f * largest);
    return report;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_body_of_vgg16) {
    auto const report = expect_features<plain_net>("plain", 26);
    BOOST_TEST(std::ranges::count(report.left_over, "plain.classifier.0.weight") == 1);
}

/// Its counters of batches are left aside without a word.
BOOST_AUTO_TEST_CASE(the_body_of_vgg16_with_batch_normalisation) {
    auto const report = expect_features<normalised_net>("normalised", 78);
    for (std::string const& name : report.left_over) BOOST_TEST(name.find("num_batches_tracked") == name.npos);
}

BOOST_AUTO_TEST_CASE(part_of_a_body) {
    auto const rules = io::sequential_rules(plain_net::info, "plain", "features", 5);
    BOOST_REQUIRE(rules.size() == 2u);
    BOOST_TEST(rules[1].from == "features.2.*");
    BOOST_TEST(rules[1].to == "plain.conv1_2.*");
    test::expect_error<option_error>([] { io::sequential_rules(plain_net::info, "vgg16", "features"); }, "no stage 'vgg16'");
}

BOOST_AUTO_TEST_CASE(a_file_says_how_pixels_are_seen) {
    BOOST_TEST(io::preprocessing_text(normalised_net::info) == "normalised BGR, (value - (93.5940018 104.762398 129.186295)) * (1 1 1)");
    struct first : stage<input<32>, flatten> {};
    BOOST_TEST(io::preprocessing_text(cascade<heads<face_class>, first>::info) == "RGB, (value - 127.5) / 128");
}

BOOST_AUTO_TEST_SUITE_END()
