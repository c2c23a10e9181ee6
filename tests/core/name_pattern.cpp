// SPDX-License-Identifier: MIT
#include <mcfa/core/name_pattern.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(core_name_pattern)

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_characters) {
    BOOST_TEST(matches("small.conv1", "small.conv1"));
    BOOST_TEST(matches("small.*", "small."));
    BOOST_TEST(matches("*.bn*", "small.bn1_2"));
    BOOST_TEST(matches("*", ""));
    BOOST_TEST(matches("**", "a.b"));
    BOOST_TEST(matches("*a*ab", "aaab"));
    BOOST_TEST(!matches("*a*ab", "aaaba"));
    BOOST_TEST(!matches("small", "smaller"));
    BOOST_TEST(!matches("", "a"));
    BOOST_TEST(!matches("a*a", "a"));
    BOOST_TEST(matches("", ""));
}

BOOST_AUTO_TEST_CASE(what_the_stars_stand_for_fills_another_pattern) {
    auto const moved = [](char const* from, char const* to, char const* name) {
        auto const stars = stars_of(from, name);
        return stars ? with_stars(to, *stars) : std::string("no match");
    };
    BOOST_TEST(moved("slim_s.*", "my_s.*", "slim_s.conv1.weight") == "my_s.conv1.weight");
    BOOST_TEST(moved("features.*.*", "body.conv*.*", "features.10.weight") == "body.conv10.weight");
    BOOST_TEST(moved("features.0.weight", "body.conv1.weight", "features.0.weight") == "body.conv1.weight");
    BOOST_TEST(moved("*.bn", "*.norm.*", "a.bn") == "a.norm.*");
    BOOST_TEST(moved("x.*", "y.*", "a.bn") == "no match");
}

// Against every way to spread a short name over a pattern's stars.
BOOST_AUTO_TEST_CASE(a_match_is_one_by_definition) {
    auto const by_definition = [](auto const& self, std::string_view p, std::string_view n) -> bool {
        if (p.empty()) return n.empty();
        if (p[0] != '*') return !n.empty() && p[0] == n[0] && self(self, p.substr(1), n.substr(1));
        for (std::size_t i = 0; i <= n.size(); ++i)
            if (self(self, p.substr(1), n.substr(i))) return true;
        return false;
    };
    auto const texts = [](std::string const& letters, int length) {
        std::vector<std::string> all{""};
        for (std::size_t i = 0; i < all.size(); ++i)
            if (static_cast<int>(all[i].size()) < length)
                for (char const c : letters) all.push_back(all[i] + c);
        return all;
    };
    int wrong = 0;
    for (auto const& p : texts("ab*", 5))
        for (auto const& n : texts("ab", 5)) {
            auto const stars = stars_of(p, n);
            wrong += stars.has_value() != by_definition(by_definition, p, n);
            wrong += stars && with_stars(p, *stars) != n;
        }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
