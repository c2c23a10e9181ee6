// SPDX-License-Identifier: MIT
#include <mcfa/detect/propose/footprint.hpp>
#include <mcfa/model/tensor.hpp>
#include <mcfa/zoo/mobile.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace mcfa;

namespace {

using net = zoo::mobile_net;
static_assert(net::count == 2 && net::stages[0].input == shape{3, 56, 56} && net::stages[1].input == shape{3, 112, 112});
static_assert(net::stages[0].own_feature == 96 && net::stages[1].feature == 96 + 256);
static_assert(net::info.logits == 2 + 4 + 10 + 40);
// Less than half of the products of the paper's S and M at an eighth of their width.
static_assert(net::stages[0].multiply_adds + net::stages[1].multiply_adds < 33'000'000);
static_assert(zoo::mcfa_net_sm<zoo::width<1, 8>>::stages[0].multiply_adds + zoo::mcfa_net_sm<zoo::width<1, 8>>::stages[1].multiply_adds >
              66'000'000);

} // namespace

BOOST_AUTO_TEST_SUITE(zoo_mobile)

BOOST_AUTO_TEST_CASE(the_last_window_is_the_whole_plane) {
    for (auto const& stage : net::stages) {
        int sums = 0;
        layer_info const* last = nullptr;
        for (auto const& layer : stage.layers) {
            sums += layer.kind == "add";
            if (layer.kind == "depthwise") last = &layer;
        }
        BOOST_TEST((last->in.height == 7 && last->in.width == 7 && last->out.is_vector()));
        BOOST_TEST(sums == (stage.side == 56 ? 2 : 4));
    }
}

BOOST_AUTO_TEST_CASE(its_first_stage_slides) {
    BOOST_TEST(detect::first_footprint<net>::slides);
    BOOST_TEST(detect::first_footprint<net>::whole.stride == 8);
}

BOOST_AUTO_TEST_CASE(names_tell_tensors_apart) {
    std::set<std::string> names;
    for (auto const& t : tensors_of(net::info)) BOOST_TEST(names.insert(t.name).second, t.name);
    for (auto const* name :
         {"mobile_s.conv1_1.weight", "mobile_s.depthwise3_1.weight", "mobile_m.bn8_3.running_var", "mobile_m.depthwise9_1.weight"})
        BOOST_TEST(names.contains(name), name);
}

BOOST_AUTO_TEST_SUITE_END()
