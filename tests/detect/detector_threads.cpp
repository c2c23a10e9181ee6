// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(detecting_together)

namespace {

struct small : stage<input<12>, conv<4, conv_options{.kernel = 3, .pad = 0}>, relu, max_pool<2>,
                     conv<6, conv_options{.kernel = 5, .pad = 0}>, relu> {};
struct large : stage<input<24>, vgg_block<8, 1>, vgg_block<16, 1>, flatten, dense<32>, relu> {};
struct net : cascade<heads<face_class, face_box>, small, large> {};

} // namespace

/// Each call has the backend's own two threads to share; the thread sanitizer looks on in its preset.
BOOST_AUTO_TEST_CASE(eight_threads_share_a_detector_of_two_threads) {
    model<net, float, backend::eigen> const m{seed{7}, backend::eigen{.threads = 2}};
    detector const find{m, {.thresholds = {0.0, 0.0}, .smallest_face = 12, .most_candidates = 60}};
    std::vector<image::pixels> photos;
    for (int i = 0; i < 8; ++i) photos.push_back(noise(60 + 4 * i, 90 - 3 * i, static_cast<std::uint64_t>(i)));
    auto const alone = find(photos);
    std::vector<std::vector<std::vector<detected_face<net::tasks>>>> together(8);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < 8; ++i) together[t].push_back(find(photos[(i + t) % 8]));
        });
    for (auto& thread : threads) thread.join();
    for (std::size_t t = 0; t < 8; ++t)
        for (std::size_t i = 0; i < 8; ++i) {
            auto const &found = together[t][i], &expected = alone[(i + t) % 8];
            BOOST_REQUIRE(found.size() == expected.size());
            for (std::size_t k = 0; k < found.size(); ++k) {
                BOOST_TEST((found[k].box == expected[k].box));
                BOOST_TEST((found[k].predicted.logits == expected[k].predicted.logits));
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
