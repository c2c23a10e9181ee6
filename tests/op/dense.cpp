// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "dense_subject.hpp"
#include "laws.hpp"

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(dense_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(dense_subject{{5, 4}, 3});
    expect_gradients<B>(dense_subject{{17, 3}, 1, false});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 2, 5, 33})
        for (int const in : {1, 3, 8, 17, 64, 256})
            for (int const out : {1, 4, 10, 33, 64}) expect_agreement<B>(dense_subject{{in, out}, batch, in != 8});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("dense"))
        expect_golden<B>(dense_subject{{g.integer("in"), g.integer("out")}, g.integer("batch"), g.inputs.count("bias") == 1}, g);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (int const batch : {1, 5, 32}) {
        expect_same_on_any_number_of_threads<B>(dense_subject{{1000, 300}, batch});
        expect_same_on_any_number_of_threads<B>(dense_subject{{37, 53}, batch});
    }
}

BOOST_AUTO_TEST_SUITE_END()
