// SPDX-License-Identifier: MIT
// A cascade as numbers: shapes, names, places. All of it is known to the compiler.
#include "simple.hpp"

#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/model/tensor.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace mcfa;

namespace {

struct small : stage<input<8>, vgg_block<4, 2>, block<conv<5, conv_options{.kernel = 4, .pad = 0}>, prelu>> {};
struct large : stage<input<12>, conv<6, conv_options{.stride = 2, .bias = false}>, batch_norm, relu, dropout<10>, max_pool<3, 2, 1>,
                     flatten, dense<7>, relu> {};
struct net : cascade<tasks, small, large> {};
struct alone : cascade<tasks, large> {};

constexpr auto const& s = net::stages[0];
constexpr auto const& l = net::stages[1];
static_assert(net::count == 2 && s.name == "small" && l.name == "large" && s.side == 8 && l.input == shape{3, 12, 12});
static_assert(s.own_feature == 5 && s.feature == 5 && l.own_feature == 7 && l.feature == 12);
static_assert(net::feature<small> == 5 && net::feature<large> == 12 && alone::feature<large> == 7);

static_assert(s.layers.size() == 7 && s.layers[4].out == shape{4, 4, 4} && s.layers[5].out == shape{5, 1, 1});
static_assert(l.layers[0].out == shape{6, 6, 6} && l.layers[4].out == shape{6, 3, 3} && l.layers[5].out == shape{54} &&
              l.layers[6].out == shape{7});
static_assert(s.layers[1].in_place && !s.layers[0].in_place);

/// The least that a layer may say.
struct plain {
    static constexpr std::string_view kind = "plain";
    static constexpr shape output(shape in) { return in; }
};
struct of_plain : stage<input<8>, plain, flatten> {};
constexpr auto const& p = of_plain::plan.layers[0];
static_assert(!p.in_place && p.number == 1 && p.role == layer_role::other && p.saved == 0 && p.multiply_adds == 0);

constexpr std::size_t of_small = (4 * 3 * 9 + 4) + (4 * 4 * 9 + 4) + (5 * 4 * 16 + 5) + 5;
constexpr std::size_t of_large = 6 * 3 * 9 + (6 + 6) + (7 * 54 + 7);
static_assert(s.first_learned == 0 && s.first_head_weight == of_small && s.first_head_bias == of_small + 4 * 5);
static_assert(l.first_learned == of_small + 4 * 5 + 4 && l.first_head_weight == l.first_learned + of_large);
static_assert(net::learned == of_small + of_large + 4 * (5 + 12) + 8 && net::statistics == 12);
static_assert(s.multiply_adds == 64 * 108 + 64 * 144 + 320 + 20 && l.multiply_adds == 36 * 162 + 7 * 54 + 48);
static_assert(net::info.logits == 4 && net::info.targets == 3 && net::info.terms == 3 && net::info.size() == net::learned + 12);

/// Planning stops at the first layer that refuses.
struct broken : stage<input<8>, conv<4>, dense<3>, dense<2>> {};
static_assert(broken::plan.refused == 1 && broken::plan.output == shape{4, 8, 8});

} // namespace

BOOST_AUTO_TEST_SUITE(cascade_plan)

BOOST_AUTO_TEST_CASE(tensors_have_names_shapes_and_places) {
    auto const tensors = tensors_of(net::info);
    std::vector<std::string> names;
    for (auto const& t : tensors) names.push_back(t.name);
    std::vector<std::string> const expected{
        "small.conv1_1.weight",   "small.conv1_1.bias",    "small.conv1_2.weight",    "small.conv1_2.bias",      "small.conv2_1.weight",
        "small.conv2_1.bias",     "small.prelu2_1.weight", "small.face.weight",       "small.attributes.weight", "small.face.bias",
        "small.attributes.bias",  "large.conv1.weight",    "large.bn1.weight",        "large.bn1.bias",          "large.dense2.weight",
        "large.dense2.bias",      "large.face.weight",     "large.attributes.weight", "large.face.bias",         "large.attributes.bias",
        "large.bn1.running_mean", "large.bn1.running_var"};
    BOOST_TEST(names == expected, boost::test_tools::per_element());
    std::size_t next = 0;
    for (auto const& t : tensors) {
        BOOST_TEST(t.first == next, t.name); // no gap, no overlap
        next += t.size();
        BOOST_TEST((t.spec.role == parameter_role::statistic) == (t.first >= net::learned), t.name);
    }
    BOOST_TEST(next == net::info.size());
    BOOST_TEST((tensors[0].dims() == std::vector<std::int64_t>{4, 3, 3, 3}));
    BOOST_TEST((tensors[14].dims() == std::vector<std::int64_t>{7, 54}));
    BOOST_TEST((tensors[17].dims() == std::vector<std::int64_t>{2, 12}));
}

BOOST_AUTO_TEST_SUITE_END()
