// SPDX-License-Identifier: MIT
// What is read and written does not depend on the locale that an application has chosen.
#include "folder.hpp"

#include <mcfa/core/read_file.hpp>
#include <mcfa/data/celeba/annotation_lists.hpp>
#include <mcfa/data/mined_file.hpp>
#include <mcfa/io/json/json.hpp>

#include <boost/test/unit_test.hpp>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <locale>
#include <stdexcept>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(locales)

namespace {

/// A locale that writes 1.000,5, for the C and the C++ library, made with `localedef` where none is installed. `found` is false without.
struct comma_locale {
    comma_locale() {
        for (char const* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"}) found = found || take(name);
        if (found) return;
        std::string const make = "localedef -i de_DE -f UTF-8 '" + (folder.path / "de_DE.UTF-8").string() + "' > /dev/null 2>&1";
        found = std::system(make.c_str()) == 0 && ::setenv("LOCPATH", folder.path.c_str(), 1) == 0 && take("de_DE.UTF-8");
    }
    ~comma_locale() {
        std::setlocale(LC_ALL, "C");
        std::locale::global(std::locale::classic());
        ::unsetenv("LOCPATH");
    }
    bool take(char const* name) try {
        if (std::setlocale(LC_ALL, name) == nullptr) return false;
        std::locale::global(std::locale(name));
        char text[16];
        std::snprintf(text, sizeof text, "%.1f", 1.5);
        return std::string(text) == "1,5";
    } catch (std::runtime_error const&) {
        return false;
    }
    temporary_folder folder;
    bool found = false;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_comma_locale_changes_no_file) {
    temporary_folder const folder;
    std::vector<mined_window> const windows{{12345, {{1.5f, -0.1f}, 1234.5625f, 0, false}}};
    save_mined(folder.path / "before", 1, windows);
    comma_locale const german;
    if (!german.found) {
        BOOST_TEST_MESSAGE("left out: no locale with a decimal comma can be had");
        return;
    }
    save_mined(folder.path / "after", 1, windows);
    BOOST_TEST(read_file(folder.path / "after") == read_file(folder.path / "before"));
    BOOST_TEST(read_file(folder.path / "after") == "1 1\n12345 1.5 -0.1 1234.5625\n");
    BOOST_TEST(load_mined(folder.path / "before", 20000).second.at(0).place.side == 1234.5625f);

    folder.put("attributes", "1\nSmiling\na.jpg 1\n");
    folder.put("boxes", "1\nx_1 y_1 width height\na.jpg 1.25 2 30.5 40\n");
    auto rows = read_attributes(folder.path / "attributes");
    read_boxes(folder.path / "boxes", rows);
    BOOST_TEST((rows.truths[0].face == box{1.25f, 2, 30.5f, 40}));

    io::json_problem problem;
    auto const value = io::parse_json(R"({"loss": 1234.5})", problem);
    BOOST_TEST(value.at("loss").get<double>() == 1234.5);
    BOOST_TEST(io::json_text(value) == R"({"loss":1234.5})");
}

BOOST_AUTO_TEST_SUITE_END()
