// SPDX-License-Identifier: MIT
#define BOOST_TEST_MODULE mcfa
#include <boost/test/unit_test.hpp>
