// SPDX-License-Identifier: MIT
// Pages of HTML: every text is escaped, pictures and numbers are written as their standards say.
#include "report/chart.hpp"
#include "report/markup.hpp"
#include "report/page.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(report_test)

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

BOOST_AUTO_TEST_CASE(texts_are_escaped) {
    BOOST_TEST(report::escaped("a<b & \"c\" > 'd'") == "a&lt;b &amp; &quot;c&quot; &gt; &#39;d&#39;");
    BOOST_TEST(report::escaped("Müller") == "Müller");
    BOOST_TEST(report::escaped("Andr\xe9") == "Andr\xef\xbf\xbd");
    BOOST_TEST(report::escaped(std::string("a\0b\x1b[31m", 8)) == "a\xef\xbf\xbd"
                                                                  "b\xef\xbf\xbd[31m");
}

BOOST_AUTO_TEST_CASE(no_text_of_a_page_is_markup) {
    std::string const evil = "<script>alert('x')</script>";
    report::page page(evil);
    page.heading(evil);
    page.subheading(evil);
    page.paragraph(evil);
    page.table({evil}, {{evil}}, 1);
    page.pictures(evil, {{"\"><script>", evil, evil}});
    page.chart(report::line_chart({.title = evil, .x_label = evil, .y_label = evil}, {{evil, {{0, 0}, {1, 1}}}}));
    page.chart(report::whisker_chart({.title = evil, .x_label = evil}, {{evil, 0.5, 0.4, 0.6, 0.3}}));
    BOOST_TEST(!holds(page.html(), "<script"));
    BOOST_TEST(holds(page.html(), "&lt;script&gt;"));
}

BOOST_AUTO_TEST_CASE(the_second_line_of_a_cell_stands_beneath_the_first) {
    report::page page("t");
    page.table({"a", "b"}, {{"x", "1\n<0 to 2>"}});
    BOOST_TEST(holds(page.html(), "<td>1<br><small>&lt;0 to 2&gt;</small></td>"));
}

BOOST_AUTO_TEST_CASE(base64_is_that_of_rfc_4648) {
    auto const of = [](std::string const& text) { return report::base64(std::vector<std::uint8_t>(text.begin(), text.end())); };
    BOOST_TEST(of("") == "");
    BOOST_TEST(of("f") == "Zg==");
    BOOST_TEST(of("fo") == "Zm8=");
    BOOST_TEST(of("foo") == "Zm9v");
    BOOST_TEST(of("foobar") == "Zm9vYmFy");
    BOOST_TEST(of("\xff\xfe\xfd") == "//79");
}

BOOST_AUTO_TEST_CASE(numbers_have_so_many_digits_and_what_is_none_is_a_dash) {
    BOOST_TEST(report::number(0.12345) == "0.123");
    BOOST_TEST(report::number(2, 0) == "2");
    BOOST_TEST(report::number(std::nan("")) == "-");
    BOOST_TEST(report::number(-0.0, 1) == "0.0");
    BOOST_TEST(report::number(-0.04, 1) == "0.0");
    BOOST_TEST(report::number(-0.05, 2) == "-0.05");
}

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers) {
    BOOST_TEST(report::ticks(0, 1) == (std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}), boost::test_tools::per_element());
    BOOST_TEST(report::ticks(0, 23) == (std::vector<double>{0, 5, 10, 15, 20}), boost::test_tools::per_element());
    BOOST_TEST(report::ticks(1, 1).empty());
}

BOOST_AUTO_TEST_CASE(points_stay_on_the_chart_and_what_is_not_finite_is_left_out) {
    double const none = std::numeric_limits<double>::quiet_NaN();
    auto const svg = report::line_chart({.title = "t"}, {{"", {{-5, 0.5}, {none, 0.5}, {5, 0.5}}}});
    BOOST_TEST(holds(svg, "points=\"56.0,153.0 446.0,153.0 \"")); // from the left edge of the axes to the right one
    BOOST_TEST(!holds(svg, "nan"));
    BOOST_TEST(!holds(report::whisker_chart({}, {{"a", none, none, none, none}, {"b", 0.5, none, none, none}}), "nan"));
}

BOOST_AUTO_TEST_SUITE_END()
