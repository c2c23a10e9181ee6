// SPDX-License-Identifier: MIT
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/name_index.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace mcfa;

namespace {
std::string said(message const& m) { return m.text(); }
} // namespace

BOOST_AUTO_TEST_CASE(pieces_of_text_and_numbers_are_joined_in_order) {
    BOOST_TEST(join({}) == "");
    BOOST_TEST(join({"batch ", std::size_t{0}, " of ", -3, ", ", std::string("rate "), 0.5, std::string_view(" end")}) ==
               "batch 0 of -3, rate 0.5 end");
    BOOST_TEST(join({std::numeric_limits<std::uint64_t>::max()}) == "18446744073709551615");
    BOOST_TEST(join({std::numeric_limits<std::int64_t>::min()}) == "-9223372036854775808");
    BOOST_TEST(join({std::numeric_limits<double>::max()}) == "1.79769313e+308");
    BOOST_TEST(join({1e-9}) == "1e-09");
}

BOOST_AUTO_TEST_CASE(a_message_is_one_text_or_pieces_in_braces) {
    BOOST_TEST(said("whole") == "whole");
    BOOST_TEST(said(std::string("whole")) == "whole");
    BOOST_TEST(said("") == "");
    BOOST_TEST(said({"two ", "literals"}) == "two literals"); // which could also be the first and last character of a string
    BOOST_TEST(said({"a text and ", 2}) == "a text and 2");   // or a text's first characters
}

BOOST_AUTO_TEST_CASE(errors_begin_with_the_file_and_line) {
    BOOST_TEST(option_error({"epochs is ", 0, ", must be at least 1"}).what() == "epochs is 0, must be at least 1");
    file_error const file("faces.txt", {"has ", 3, " rows"});
    BOOST_TEST(file.what() == "faces.txt: has 3 rows");
    BOOST_TEST(file.path == "faces.txt");
    annotation_error const line("faces.txt", 7, "the line is empty");
    BOOST_TEST(line.what() == "faces.txt:7: the line is empty");
    BOOST_TEST(line.line == 7);
}

BOOST_AUTO_TEST_CASE(a_name_has_one_number) {
    name_index names;
    BOOST_TEST(names.add("Smiling", 4));
    BOOST_TEST(!names.add("Smiling", 5));
    BOOST_TEST(names.add("", 0));
    BOOST_TEST(names.size() == 2u);
    BOOST_TEST(names.find("Smiling") == 4);
    BOOST_TEST(names.find("") == 0);
    BOOST_TEST(names.find("Smil") == -1);
}
