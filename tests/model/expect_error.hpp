// SPDX-License-Identifier: MIT
#pragma once

#include <boost/test/unit_test.hpp>

#include <string>

namespace mcfa::test {

/// `call` throws an `Error` whose message contains `part`.
template <class Error, class Call>
void expect_error(Call&& call, std::string const& part) {
    try {
        call();
    } catch (Error const& problem) {
        std::string const message = problem.what();
        BOOST_TEST(message.find(part) != message.npos, "'" << message << "' does not contain '" << part << "'");
        return;
    }
    BOOST_ERROR("no error; expected one that contains '" << part << "'");
}

} // namespace mcfa::test
