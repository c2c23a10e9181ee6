// SPDX-License-Identifier: MIT
#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using mcfa::in_quotes;
using mcfa::printable;

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(ordinary_text_stays_as_it_is) {
    BOOST_TEST(printable("") == "");
    BOOST_TEST(printable("Anna Maria (1).jpg") == "Anna Maria (1).jpg");
    BOOST_TEST(printable("Ünïcode-名前 \U0001f600.jpg") == "Ünïcode-名前 \U0001f600.jpg");
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_escaped) {
    BOOST_TEST(printable("\x1b[2J") == "\\x1b[2J");
    BOOST_TEST(printable("two\nlines\t") == "two\\nlines\\t");
    BOOST_TEST(printable(std::string("\0\x7f", 2)) == "\\x00\\x7f");
    BOOST_TEST(printable("\u009b31m") == "\\xc2\\x9b31m");                // C1 control: the other way to begin an escape sequence
    BOOST_TEST(printable("a\u202egpj.exe") == "a\\xe2\\x80\\xaegpj.exe"); // turns the direction of writing
    BOOST_TEST(printable("\u2028\u2066") == "\\xe2\\x80\\xa8\\xe2\\x81\\xa6");
    BOOST_TEST(printable("\u00a0\u2027\u2030") == "\u00a0\u2027\u2030"); // neighbours of those
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_escaped) {
    BOOST_TEST(printable("Andr\xe9.jpg") == "Andr\\xe9.jpg");
    BOOST_TEST(printable("\xff\xfe") == "\\xff\\xfe");
    BOOST_TEST(printable("\xe5\x90") == "\\xe5\\x90"); // torn
}

BOOST_AUTO_TEST_CASE(quotes_cut_at_a_character) {
    BOOST_TEST(in_quotes("abc") == "'abc'");
    BOOST_TEST(in_quotes("abcdef", 3) == "'abc...'");
    BOOST_TEST(in_quotes("ab名前", 4) == "'ab...'");
    BOOST_TEST(in_quotes("ab名前", 5) == "'ab名...'");
    BOOST_TEST(in_quotes("\xbf\xbf\xbf\xbf\xbf", 4).ends_with("...'"));
    BOOST_TEST(in_quotes("abc", 60, '"') == "\"abc\"");
}

BOOST_AUTO_TEST_CASE(paths_in_messages_are_printable) {
    mcfa::file_error const problem("a\x1b[2J\n.jpg", "is torn");
    BOOST_TEST(std::string(problem.what()) == "a\\x1b[2J\\n.jpg: is torn");
    BOOST_TEST(problem.path == "a\x1b[2J\n.jpg");
}

BOOST_AUTO_TEST_SUITE_END()
