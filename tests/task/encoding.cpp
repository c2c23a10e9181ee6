// SPDX-License-Identifier: MIT
// What a window's label becomes for each task, by kind of window, with labels missing and mirrored.
#include <mcfa/cascade/heads.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace mcfa;

namespace {

struct look : attributes<"Smiling", "Eyeglasses", "Unheard_Of"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
static_assert(tasks::length == 19 && tasks::targets == 18 && tasks::terms == 6 && tasks::count == 4);
static_assert(tasks::info[3].first_logit == 16 && tasks::info[3].first_target == 15 && tasks::info[3].first_term == 3);
static_assert(tasks::info[3].weighted && !tasks::info[0].weighted && tasks::info[3].attributes[1] == "Eyeglasses");
static_assert(look::index<"Eyeglasses">() == 1);

window_label whole(window_kind kind) {
    window_label l;
    l.kind = kind;
    l.face = box{0.125f, 0.25f, 0.5f, 0.625f};
    l.landmarks = {{0.25f, 0.375f}, {0.5f, 0.5f}, {0.375f, 0.625f}, {0.3125f, 0.75f}, {0.4375f, 0.8125f}};
    l.attribute_names = std::make_shared<attribute_table const>(std::vector<std::string>{"Young", "Eyeglasses", "Smiling"});
    l.attributes = {1, -1, 1};
    return l;
}

struct rows {
    std::vector<float> target = std::vector<float>(18, NAN), mask = std::vector<float>(6, NAN);
    explicit rows(window_label const& label, bool mirrored = false) { tasks::encode(label, mirrored, target, mask); }
};
using values = std::vector<float>;

} // namespace

BOOST_AUTO_TEST_SUITE(task_encoding)

BOOST_AUTO_TEST_CASE(kinds_of_windows) {
    rows const positive(whole(window_kind::positive)), part(whole(window_kind::part)), negative(whole(window_kind::negative));
    BOOST_TEST((positive.target ==
                values{1, -3.75f, -2.5f, 1.25f, 0, -2.5f, -1.25f, 0, 0, -1.25f, 1.25f, -1.875f, 2.5f, -0.625f, 3.125f, 1, 0, 0}));
    BOOST_TEST((positive.mask == values{1, 1, 1, 1, 1, 0})); // the data set has never heard of the last attribute
    BOOST_TEST((part.mask == values{0, 1, 0, 0, 0, 0}));
    BOOST_TEST((negative.mask == values{1, 0, 0, 0, 0, 0}));
    BOOST_TEST(part.target[0] == 0);
    BOOST_TEST(negative.target[0] == 0);
    for (auto const& r : {positive, part, negative})
        BOOST_TEST(std::none_of(r.target.begin(), r.target.end(), [](float v) { return std::isnan(v); }));
}

BOOST_AUTO_TEST_CASE(labels_that_are_missing_are_masked_alone) {
    auto label = whole(window_kind::positive);
    label.attributes[2] = 0;
    BOOST_TEST((rows(label).mask == values{1, 1, 1, 0, 1, 0}));
    label.landmarks.clear();
    BOOST_TEST((rows(label).mask == values{1, 1, 0, 0, 1, 0}));
    label.face.reset();
    BOOST_TEST((rows(label).mask == values{1, 0, 0, 0, 1, 0}));
    label.attributes.clear();
    BOOST_TEST((rows(label).mask == values{1, 0, 0, 0, 0, 0}));
    label.attribute_names.reset();
    BOOST_TEST((rows(label).mask == values{1, 0, 0, 0, 0, 0}));
}

/// Which eye is closed: classes that change sides.
struct closed_eye {
    static constexpr std::string_view name = "closed";
    static constexpr int length = 2, targets = 2, terms = 2;
    using loss = binary_cross_entropy;
    static constexpr bool weighted = false;
    static std::string term(int i) { return i == 0 ? "left" : "right"; }
    static void encode(window_label const&, std::span<float>, std::span<float>) {}
    static void mirror(std::span<float> target) { std::swap(target[0], target[1]); }
    static void mirror_logits(std::span<float> logits) { std::swap(logits[0], logits[1]); }
    using metric = face_box::metric;
};

/// The least that a task may say.
template <class Loss>
struct plain {
    static constexpr std::string_view name = "plain";
    static constexpr int length = 3;
    using loss = Loss;
    static void encode(window_label const&, std::span<float>, std::span<float>) {}
    static void mirror(std::span<float> target) { target[0] = -target[0]; }
    using metric = face_box::metric;
};

template <class Loss>
std::vector<float> mirrored_by_default() {
    std::vector<float> logits{1, 2, 3};
    task_traits<plain<Loss>>::mirror_logits(logits);
    return logits;
}

BOOST_AUTO_TEST_CASE(a_task_that_says_the_least_has_defaults_that_follow_from_its_loss) {
    using of_classes = task_traits<plain<softmax_cross_entropy>>;
    using of_values = task_traits<plain<squared_error>>;
    using of_labels = task_traits<plain<binary_cross_entropy>>;
    static_assert(of_classes::targets == 1 && of_values::targets == 3 && of_labels::targets == 3);
    static_assert(of_classes::terms == 1 && of_values::terms == 1 && of_labels::terms == 3);
    static_assert(!of_values::weighted && of_values::names.empty());
    BOOST_TEST(of_values::term(0) == "plain");
    BOOST_TEST(of_labels::term(1) == "plain2");
    BOOST_TEST(task_traits<look>::term(1) == "Eyeglasses");
    BOOST_TEST(mirrored_by_default<squared_error>() == (std::vector<float>{-1, 2, 3}));
    BOOST_TEST(mirrored_by_default<softmax_cross_entropy>() == (std::vector<float>{1, 2, 3}));
    BOOST_TEST(mirrored_by_default<binary_cross_entropy>() == (std::vector<float>{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(logits_of_the_mirror_image_are_turned_back) {
    using both = heads<face_class, closed_eye, face_box, landmarks<5>>;
    std::vector<float> logits{3, -1, 7, -7, -2, 1, 4, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    both::mirror_logits(logits);
    BOOST_TEST(logits == (std::vector<float>{3, -1, -7, 7, -5, 1, 4, 2, -3, 4, -1, 2, -5, 6, -9, 10, -7, 8}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mirroring_changes_sides_and_names) {
    rows const seen(whole(window_kind::positive)), mirrored(whole(window_kind::positive), true);
    BOOST_TEST(
        (mirrored.target == values{1, -1.25f, -2.5f, 1.25f, 0, 0, 0, 2.5f, -1.25f, 1.25f, 1.25f, 0.625f, 3.125f, 1.875f, 2.5f, 1, 0, 0}));
    BOOST_TEST(mirrored.mask == seen.mask);
    auto twice = mirrored.target;
    tasks::each([&]<class Task, std::size_t I>() {
        Task::mirror(std::span(twice).subspan(static_cast<std::size_t>(tasks::info[I].first_target),
                                              static_cast<std::size_t>(tasks::info[I].targets)));
    });
    BOOST_TEST(twice == seen.target);
}

BOOST_AUTO_TEST_SUITE_END()
