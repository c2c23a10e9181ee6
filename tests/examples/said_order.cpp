// SPDX-License-Identifier: MIT
#include "said_order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

BOOST_AUTO_TEST_SUITE(said_attributes)

namespace {

bool says(bool judgements, std::string_view name) {
    auto const& names = mcfa::zoo::celeba_attributes::names;
    return std::ranges::any_of(said_order(judgements), [&](std::size_t k) { return names.at(k) == name; });
}

} // namespace

BOOST_AUTO_TEST_CASE(what_tells_people_apart_is_said_first) {
    auto const& names = mcfa::zoo::celeba_attributes::names;
    auto const order = said_order(false);
    BOOST_TEST(names[order[0]] == "Eyeglasses");
    BOOST_TEST(names[order[1]] == "Wearing_Hat");
    BOOST_TEST(names[order[2]] == "Smiling");
}

BOOST_AUTO_TEST_CASE(judgements_of_looks_are_said_on_request_alone) {
    for (std::string_view const name : {"Attractive", "Chubby", "Double_Chin", "Big_Nose", "Big_Lips", "Pointy_Nose", "Oval_Face", "Young",
                                        "Narrow_Eyes", "Pale_Skin", "Bags_Under_Eyes", "High_Cheekbones", "No_Beard"}) {
        BOOST_TEST(!says(false, name), name);
        BOOST_TEST(says(true, name), name);
    }
}

BOOST_AUTO_TEST_CASE(every_attribute_is_said_once) {
    auto const all = said_order(true);
    BOOST_TEST(all.size() == 40u);
    BOOST_TEST(std::set<std::size_t>(all.begin(), all.end()).size() == 40u);
    BOOST_TEST(*std::ranges::max_element(all) < 40u);
}

BOOST_AUTO_TEST_SUITE_END()
