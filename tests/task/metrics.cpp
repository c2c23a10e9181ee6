// SPDX-License-Identifier: MIT
// Figures of merit against numbers worked out by hand.
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using values = std::vector<float>;

BOOST_AUTO_TEST_SUITE(task_metrics)

BOOST_AUTO_TEST_CASE(face) {
    face_class::metric m;
    BOOST_TEST(std::isnan(m.accuracy()));
    m.add(values{0, 1}, values{1}, values{1});
    m.add(values{1, 0}, values{0}, values{1});
    m.add(values{1, 0}, values{1}, values{1});
    m.add(values{1, 0}, values{1}, values{0}); // masked
    BOOST_TEST(m.accuracy() == 2.0 / 3);
    BOOST_TEST(std::abs(face_class::decode(values{0, std::log(3.0f)}) - 0.75f) < 1e-6f);
}

BOOST_AUTO_TEST_CASE(box_overlap) {
    face_box::metric m;
    m.add(values{-5, -5, 0, 0}, values{-5, -5, 0, 0}, values{1}); // the top left quarter of the window
    m.add(values{-5, -5, 0, 5}, values{-5, -5, 5, 5}, values{1}); // the upper half of the whole
    m.add(values{0, 0, 0, 0}, values{0, 0, 1, 1}, values{0});
    BOOST_TEST(m.iou() == 0.75);
}

BOOST_AUTO_TEST_CASE(landmark_error_in_eye_distances) {
    landmarks<5>::metric m;
    BOOST_TEST(std::isnan(m.nme()));
    values const truth{-2.5f, 0, 2.5f, 0, 0, 0, -2.5f, 2.5f, 2.5f, 2.5f};
    values found = truth;
    m.add(found, truth, values{1});
    BOOST_TEST(m.nme() == 0);
    found[4] += 1.875f, found[5] += 2.5f; // the nose is off by 0.3125 of the window, a point of five; the eyes are 0.5 apart
    m.add(found, truth, values{1});
    m.add(values(10), truth, values{0});
    BOOST_TEST(std::abs(m.nme() - 0.3125 / 5 / 0.5 / 2) < 1e-7);
}

BOOST_AUTO_TEST_CASE(figures_without_a_labelled_window_are_no_numbers) {
    BOOST_TEST(std::isnan(face_box::metric{}.iou()));
    BOOST_TEST(std::isnan(landmarks<5>::metric{}.nme()));
    using look = attributes<"A">;
    look::metric m;
    m.add(values{1}, values{1}, values{0});
    BOOST_TEST(std::isnan(m.of(0).accuracy()));
    BOOST_TEST(std::isnan(m.of(0).recall()));
    for (auto const& [name, value] : m.figures()) BOOST_TEST(std::isnan(value), name);
}

BOOST_AUTO_TEST_CASE(attributes_count_alike) {
    using look = attributes<"A", "B", "Unlabelled">;
    look::metric m;
    // A: right, right, right, wrong; B: labelled twice, both of one class.
    m.add(values{1, 1, 1}, values{1, 1, 1}, values{1, 1, 0});
    m.add(values{-1, -1, 1}, values{0, 1, 1}, values{1, 1, 0});
    m.add(values{-1, 1, 1}, values{0, 1, 1}, values{1, 0, 0});
    m.add(values{1, 1, 1}, values{0, 1, 1}, values{1, 0, 0});
    BOOST_TEST(m.of(0).accuracy() == 0.75);
    BOOST_TEST(m.of(0).recall() == 1);
    BOOST_TEST(m.of(0).specificity() == 2.0 / 3);
    BOOST_TEST(m.of(0).balanced_accuracy() == (1 + 2.0 / 3) / 2);
    BOOST_TEST(m.of(0).baseline_accuracy() == 0.75);
    BOOST_TEST(m.of(1).balanced_accuracy() == 0.5);
    BOOST_TEST(m.of(1).baseline_accuracy() == 1);
    BOOST_TEST(m.mean_accuracy() == (0.75 + 0.5) / 2);
    BOOST_TEST(std::abs(m.mean_balanced_accuracy() - 2.0 / 3) < 1e-12);
    BOOST_TEST(std::isnan(look::metric{}.mean_accuracy()));
    BOOST_TEST(std::isnan(look::metric{}.of(0).recall()));
    BOOST_TEST(std::isnan(face_box::metric{}.iou()));
    BOOST_TEST(std::abs(m.of(0).f1() - 2.0 / 3) < 1e-12); // TP 1, FP 1, FN 0
    BOOST_TEST(std::abs(m.f1() - 2.0 / 3) < 1e-12);       // B: TP 1, FN 1
    BOOST_TEST(m.macro_recall() == (1 + 0.5) / 2);
    BOOST_TEST(std::isnan(m.impossible())); // none of the names can contradict another
    BOOST_TEST(look::decode(values{0, 100, -100})[0] == 0.5f);
    BOOST_TEST(look::decode(values{0, 100, -200})[2] == 0);
}

BOOST_AUTO_TEST_CASE(an_attribute_without_a_positive_window_has_no_recall_and_no_f1) {
    using look = attributes<"A", "B">;
    look::metric m;
    m.add(values{1, 1}, values{0, 1}, values{1, 1});
    BOOST_TEST(std::isnan(m.of(0).recall()));
    BOOST_TEST(std::isnan(m.of(0).f1()));
    BOOST_TEST(m.f1() == 1); // of B alone
    BOOST_TEST(m.mean_accuracy() == 0.5);
}

BOOST_AUTO_TEST_CASE(impossible_combinations_are_a_share_of_the_windows_with_a_label) {
    using look = attributes<"Bald", "Smiling", "Bangs">;
    look::metric m;
    m.add(values{1, -1, 1}, values{0, 0, 0}, values{1, 1, 1});
    m.add(values{1, 1, -1}, values{0, 0, 0}, values{0, 1, 0});
    m.add(values{1, 1, 1}, values{0, 0, 0}, values{0, 0, 0}); // background
    BOOST_TEST(m.impossible() == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()
