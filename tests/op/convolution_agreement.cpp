// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "convolution_subject.hpp"
#include "laws.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace mcfa;
using namespace mcfa::test;

namespace {

constexpr std::array channels{1, 3, 5, 8, 16, 17, 31, 33, 64};
constexpr std::array batches{1, 2, 5};

/// Sizes 1 .. 20, drawn until they fit the kernel and the products stay few enough for plain loops.
convolution_subject drawn(random_stream& random, int in_channels, int out_channels, int kernel, int stride, int pad) {
    for (;;) {
        shape const in{in_channels, 1 + static_cast<int>(random.below(20)), 1 + static_cast<int>(random.below(20))};
        convolution_subject const subject{
            {in, out_channels, kernel, stride, pad}, batches[random.below(batches.size())], random.chance(0.7)};
        if (in.height + 2 * pad >= kernel && in.width + 2 * pad >= kernel && subject.products() < 6e5) return subject;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(convolution_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement_for_all_kernels, B, backends) {
    random_stream random{11};
    for (int const kernel : {1, 3, 5, 7})
        for (int const stride : {1, 2, 3})
            for (int const pad : {0, 1, 2, 3})
                for (int draw = 0; draw < 3; ++draw)
                    expect_agreement<B>(drawn(random, channels[random.below(channels.size())], channels[random.below(channels.size())],
                                              kernel, stride, pad));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement_for_all_channels, B, backends) {
    random_stream random{12};
    for (int const in : channels)
        for (int const out : channels) {
            expect_agreement<B>(drawn(random, in, out, 3, 1, 1));
            expect_agreement<B>(drawn(random, in, out, 1, 1, 0));
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement_for_all_sizes, B, backends) {
    for (int height = 1; height <= 20; ++height)
        for (int const width : {1, 2, 3, 4, 6, 7, 13, 20}) expect_agreement<B>(convolution_subject{{{3, height, width}, 5, 3, 1, 1}, 2});
}

BOOST_AUTO_TEST_SUITE_END()
