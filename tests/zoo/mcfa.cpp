// SPDX-License-Identifier: MIT
// The paper's cascade, as far as its readers describe it.
#include <mcfa/model/tensor.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace mcfa;

namespace {

using whole = zoo::mcfa_net<>;
using quarter = zoo::mcfa_net<zoo::width<1, 4>>;
using dressed = zoo::mcfa_net<zoo::width<1, 8>, zoo::body_options{.batch_norm = true, .dropout = 30}>;

static_assert(whole::count == 3 && zoo::mcfa_net_sm<>::count == 2);
static_assert(whole::stages[0].input == shape{3, 56, 56} && whole::stages[1].input == shape{3, 112, 112} &&
              whole::stages[2].input == shape{3, 224, 224});
static_assert(whole::stages[0].feature == 256 && whole::stages[1].feature == 1280 && whole::stages[2].feature == 2304);
static_assert(whole::stages[0].own_feature == 256 && whole::stages[1].own_feature == 1024 && whole::stages[2].own_feature == 1024);
static_assert(quarter::stages[2].feature == 2304 / 4 && zoo::mcfa_net_sm<zoo::width<1, 8>>::stages[1].feature == 160);
static_assert(whole::info.logits == 2 + 4 + 10 + 40 && whole::info.terms == 43);
static_assert(zoo::width<1, 8>::of(4) == 1 && zoo::width<3, 2>::of(64) == 96);

/// Multiply-adds in thousands of millions, rounded to tenths.
constexpr int tenths(std::size_t multiply_adds) { return static_cast<int>((multiply_adds + 50'000'000) / 100'000'000); }
static_assert(tenths(whole::stages[0].multiply_adds) == 6);
static_assert(tenths(whole::stages[1].multiply_adds) == 35);
static_assert(tenths(whole::stages[2].multiply_adds) == 154);

/// The bodies: convolutions a stage, and the plane before the feature.
constexpr int convolutions(stage_info const& s) {
    int n = 0;
    for (auto const& layer : s.layers) n += layer.kind == "conv";
    return n;
}
static_assert(convolutions(whole::stages[0]) == 8 && convolutions(whole::stages[1]) == 10 && convolutions(whole::stages[2]) == 13);
constexpr auto const& s_layers = whole::stages[0].layers;
static_assert(s_layers[s_layers.size() - 2].kind == "conv" && s_layers[s_layers.size() - 2].in == shape{256, 7, 7});
static_assert(s_layers.back().kind == "relu" && s_layers.back().out == shape{256});
static_assert(dressed::stages[0].layers.back().kind == "dropout" && dressed::statistics > 0 && whole::statistics == 0);

} // namespace

BOOST_AUTO_TEST_SUITE(zoo_mcfa)

BOOST_AUTO_TEST_CASE(names_are_those_of_vgg) {
    std::set<std::string> names;
    for (auto const& t : tensors_of(whole::info)) BOOST_TEST(names.insert(t.name).second, t.name);
    for (auto const* name : {"s_net.conv1_1.weight", "s_net.conv3_3.bias", "s_net.conv4_1.weight", "m_net.conv4_3.weight",
                             "m_net.dense5_1.weight", "l_net.conv5_3.weight", "l_net.dense6_1.bias", "l_net.attributes.weight"})
        BOOST_TEST(names.contains(name), name);
}

BOOST_AUTO_TEST_CASE(forty_attributes_of_celeba) {
    std::set<std::string_view> const names(zoo::celeba_attributes::names.begin(), zoo::celeba_attributes::names.end());
    BOOST_TEST(names.size() == 40u);
    static_assert(zoo::celeba_attributes::index<"5_o_Clock_Shadow">() == 0 && zoo::celeba_attributes::index<"Young">() == 39);
    static_assert(zoo::celeba_attributes::index<"Smiling">() == 31 && zoo::celeba_attributes::index<"Male">() == 20);
}

BOOST_AUTO_TEST_SUITE_END()
