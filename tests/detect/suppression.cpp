// SPDX-License-Identifier: MIT
#include <mcfa/core/random.hpp>
#include <mcfa/detect/propose/suppression.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <vector>

using namespace mcfa;
using detect::overlap_measure;

BOOST_AUTO_TEST_SUITE(suppressing)

namespace {

struct scored {
    std::vector<box> boxes;
    std::vector<float> scores;
};

std::vector<std::size_t> suppress(std::vector<box> const& boxes, std::vector<float> const& scores, float most,
                                  overlap_measure measure = overlap_measure::union_area) {
    static detect::suppression memory; // of the calls before
    memory.clear();
    for (std::size_t i = 0; i < boxes.size(); ++i) memory.add(boxes[i], scores[i]);
    auto const kept = memory.kept(most, measure);
    return {kept.begin(), kept.end()};
}

scored some_boxes(std::uint64_t key, std::size_t count) {
    random_stream random{key};
    scored all;
    for (std::size_t i = 0; i < count; ++i) {
        all.boxes.push_back({static_cast<float>(random.uniform(0, 100)), static_cast<float>(random.uniform(0, 100)),
                             static_cast<float>(random.uniform(5, 40)), static_cast<float>(random.uniform(5, 40))});
        all.scores.push_back(static_cast<float>(random.below(8)) / 8); // many ties
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_in_nothing_out) { BOOST_TEST(suppress({}, {}, 0.5f).empty()); }

BOOST_AUTO_TEST_CASE(the_better_of_two_equal_boxes_stays) {
    std::vector<box> const boxes{{0, 0, 10, 10}, {0, 0, 10, 10}};
    BOOST_TEST(suppress(boxes, std::vector<float>{0.2f, 0.9f}, 0.5f) == std::vector<std::size_t>{1});
    BOOST_TEST(suppress(boxes, std::vector<float>{0.9f, 0.9f}, 0.5f) == std::vector<std::size_t>{0}); // of equal ones the first
}

BOOST_AUTO_TEST_CASE(an_overlap_of_just_the_limit_stays) {
    std::vector<box> const boxes{{0, 0, 10, 10}, {5, 0, 10, 10}}; // intersection over union: 1/3
    std::vector<float> const scores{1, 0.5f};
    BOOST_TEST(suppress(boxes, scores, 50.0f / 150).size() == 2u);
    BOOST_TEST(suppress(boxes, scores, 0.33f).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_smaller_area_sees_a_box_in_a_box) {
    std::vector<box> const boxes{{0, 0, 100, 100}, {40, 40, 10, 10}};
    std::vector<float> const scores{0.9f, 0.8f};
    BOOST_TEST(suppress(boxes, scores, 0.5f, overlap_measure::union_area).size() == 2u);
    BOOST_TEST(suppress(boxes, scores, 0.5f, overlap_measure::smaller_area).size() == 1u);
}

BOOST_AUTO_TEST_CASE(empty_boxes_overlap_nothing) {
    std::vector<box> const boxes{{5, 5, 0, 0}, {0, 0, 10, 10}, {5, 5, 0, 0}};
    for (auto measure : {overlap_measure::union_area, overlap_measure::smaller_area})
        BOOST_TEST(suppress(boxes, std::vector<float>{1, 1, 1}, 0.0f, measure).size() == 3u);
}

/// Kept boxes do not overlap, every dropped one overlaps a kept one that is no worse, and the best come first.
BOOST_AUTO_TEST_CASE(laws) {
    for (std::uint64_t key = 0; key < 20; ++key)
        for (auto measure : {overlap_measure::union_area, overlap_measure::smaller_area})
            for (float const most : {0.0f, 0.3f, 0.7f, 1.0f}) {
                auto const all = some_boxes(key, 60);
                auto const kept = suppress(all.boxes, all.scores, most, measure);
                std::vector<bool> stays(all.boxes.size());
                for (std::size_t a = 0; a < kept.size(); ++a) {
                    stays[kept[a]] = true;
                    if (a > 0) BOOST_TEST(all.scores[kept[a - 1]] >= all.scores[kept[a]]);
                    for (std::size_t b = 0; b < a; ++b)
                        BOOST_TEST(detect::overlap_of(all.boxes[kept[a]], all.boxes[kept[b]], measure) <= most);
                }
                for (std::size_t i = 0; i < all.boxes.size(); ++i) {
                    bool covered = stays[i];
                    for (std::size_t k : kept)
                        covered =
                            covered || (all.scores[k] >= all.scores[i] && detect::overlap_of(all.boxes[k], all.boxes[i], measure) > most);
                    BOOST_TEST(covered);
                }
            }
}

BOOST_AUTO_TEST_SUITE_END()
