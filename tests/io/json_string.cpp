// SPDX-License-Identifier: MIT
// Strings as JSON has them, against nlohmann-json's printer.
#include <mcfa/core/random.hpp>
#include <mcfa/core/utf8.hpp>
#include <mcfa/io/json/json_string.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(json_string)

namespace {

void expect_same(std::string const& text) {
    nlohmann::json const value(text);
    bool valid = true;
    try {
        (void)value.dump();
    } catch (nlohmann::json::exception const&) {
        valid = false;
    }
    auto const expected = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    // A check that holds costs Boost.Test more than the comparison.
    if (mcfa::is_utf8(text) != valid || mcfa::io::json_quoted(text) != expected)
        BOOST_ERROR("'" << expected << "': found " << mcfa::io::json_quoted(text) << ", UTF-8: " << mcfa::is_utf8(text));
}

} // namespace

BOOST_AUTO_TEST_CASE(every_two_bytes) {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) expect_same({static_cast<char>(a), static_cast<char>(b)});
}

BOOST_AUTO_TEST_CASE(bytes_at_the_borders_of_all_rules) {
    std::string_view const borders("a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff");
    std::size_t const count = borders.size();
    for (std::size_t i = 0; i < count * count * count * count; ++i)
        expect_same(
            {borders[i % count], borders[i / count % count], borders[i / count / count % count], borders[i / count / count / count]});
}

BOOST_AUTO_TEST_CASE(long_texts) {
    mcfa::random_stream random{5};
    for (int n = 0; n < 2000; ++n) {
        std::string text = "\u00e9 \u20ac \U0001f600 \"\\\n";
        for (int i = 0; i < 12; ++i) text.insert(random.below(text.size() + 1), 1, static_cast<char>(random.below(256)));
        expect_same(text);
    }
    expect_same("");
}

BOOST_AUTO_TEST_SUITE_END()
