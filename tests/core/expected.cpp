// SPDX-License-Identifier: MIT
#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/raise.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(values_or_errors)

namespace {

expected<std::unique_ptr<int>> half(int number) {
    if (number % 2 != 0) return unexpected(option_error({number, " is odd"}));
    return std::make_unique<int>(number / 2);
}

struct fixed {
    explicit fixed(int given) : number(given) {}
    int number;
    std::mutex mutex{}; // neither copied nor moved
};

expected<fixed> made(int number) {
    if (number < 0) return unexpected(option_error("below 0"));
    return expected<fixed>(std::in_place, number);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_value_or_an_error) {
    auto four = half(8);
    BOOST_REQUIRE(four.has_value());
    BOOST_TEST(**four == 4);
    std::unique_ptr<int> const taken = *std::move(four);
    BOOST_TEST(*taken == 4);
    auto const none = half(7);
    BOOST_TEST(!none);
    BOOST_TEST(std::string(none.error().what()) == "7 is odd");
}

BOOST_AUTO_TEST_CASE(a_value_that_stays_where_it_was_made) {
    auto three = made(3);
    BOOST_REQUIRE(three.has_value());
    three->number += 1;
    BOOST_TEST((*three).number == 4);
    BOOST_TEST(!made(-1));
}

BOOST_AUTO_TEST_CASE(nothing_or_an_error) {
    expected<void> const done;
    BOOST_TEST(done.has_value());
    expected<void> const failed = unexpected(file_error("photo.jpg", "is no photo"));
    BOOST_TEST(!failed);
    BOOST_TEST(std::string(failed.error().what()) == "photo.jpg: is no photo");
}

BOOST_AUTO_TEST_CASE(raised_errors_keep_their_type) {
    BOOST_CHECK_THROW(raise(file_error("photo.jpg", "is no photo")), file_error);
    bool caught = false;
    attempt<option_error>([] { raise(option_error("wrong")); }, [&](option_error const&) { caught = true; });
    BOOST_TEST(caught);
    BOOST_CHECK_THROW(attempt<option_error>([] { raise(shape_error("wrong")); }, [](option_error const&) {}), shape_error);
    caught = false;
    attempt_any([] { throw std::runtime_error("any"); }, [&] { caught = true; });
    BOOST_TEST(caught);
}

BOOST_AUTO_TEST_SUITE_END()
