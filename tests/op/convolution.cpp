// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "convolution_subject.hpp"
#include "laws.hpp"

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(convolution_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(convolution_subject{{{2, 5, 4}, 3, 3, 1, 1}, 2});
    expect_gradients<B>(convolution_subject{{{3, 7, 9}, 2, 3, 1, 1}, 1, false});
    expect_gradients<B>(convolution_subject{{{2, 7, 7}, 3, 7, 1, 0}, 2});
    expect_gradients<B>(convolution_subject{{{2, 6, 9}, 2, 5, 2, 2}, 1});
    expect_gradients<B>(convolution_subject{{{3, 4, 5}, 4, 1, 1, 0}, 2});
    expect_gradients<B>(convolution_subject{{{2, 8, 5}, 3, 3, 3, 0}, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("convolution")) {
        convolution const op{{g.integer("channels"), g.integer("height"), g.integer("width")},
                             g.integer("out_channels"),
                             g.integer("kernel"),
                             g.integer("stride"),
                             g.integer("pad")};
        expect_golden<B>(convolution_subject{op, g.integer("batch"), g.inputs.count("bias") == 1}, g);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (int const batch : {1, 3, 16}) {
        expect_same_on_any_number_of_threads<B>(convolution_subject{{{3, 28, 28}, 16, 3, 1, 1}, batch});
        expect_same_on_any_number_of_threads<B>(convolution_subject{{{16, 14, 10}, 33, 3, 1, 1}, batch});
        expect_same_on_any_number_of_threads<B>(convolution_subject{{{16, 7, 7}, 40, 7, 1, 0}, batch});
        expect_same_on_any_number_of_threads<B>(convolution_subject{{{5, 15, 12}, 17, 5, 2, 2}, batch});
        expect_same_on_any_number_of_threads<B>(convolution_subject{{{24, 9, 9}, 17, 1, 1, 0}, batch});
    }
}

BOOST_AUTO_TEST_SUITE_END()
