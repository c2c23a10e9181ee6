// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/loss.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <typeinfo>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// A loss of the user's own: quadratic near the target, linear beyond a distance of 1; Huber (Annals of Mathematical Statistics 1964).
struct huber {
    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            T const difference = z[i] - y[i], bounded = std::clamp(difference, T(-1), T(1));
            dz[i] = bounded;
            sum += bounded * (difference - bounded / 2);
        }
        return sum;
    }
};

/// The rows of all tasks: how wide they are.
struct widths {
    int logits = 0, targets = 0, terms = 0;
};

/// A loss in the middle of wider rows; `y` is the matrix of values, and its cotangent is the same for each sample.
template <class L>
struct loss_subject {
    loss_columns at;
    widths width;
    int batch = 3;

    std::string name() const { return std::string("loss ") + typeid(L).name() + " of " + std::to_string(at.length); }
    std::size_t rows(int columns) const { return static_cast<std::size_t>(batch) * static_cast<std::size_t>(columns); }

    template <class T>
    tensors<T> inputs() const {
        auto targets = noise<T>(2, rows(width.targets), 0, 1);
        if (loss_traits<L>::target == target_kind::class_index)
            for (T& target : targets) target = std::floor(target * static_cast<T>(at.length / at.terms));
        auto mask = noise<T>(3, rows(width.terms), 0, 2);
        for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = 0;
        return {{"logits", noise<T>(1, rows(width.logits), -4, 4)}, {"targets", targets}, {"mask", mask}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", std::vector<T>(rows(width.terms))}, {"dlogits", std::vector<T>(rows(width.logits))}};
        for (int n = 0; n < batch; ++n) { // poison what is to be written, and that alone
            std::fill_n(out["y"].begin() + n * width.terms + at.first_term, at.terms, std::numeric_limits<T>::quiet_NaN());
            std::fill_n(out["dlogits"].begin() + n * width.logits + at.first_logit, at.length, std::numeric_limits<T>::quiet_NaN());
        }
        compute(run, loss_evaluate<T, L>{{.at = at,
                                          .logits = {in.at("logits").data(), batch, width.logits},
                                          .targets = {in.at("targets").data(), batch, width.targets},
                                          .mask = {in.at("mask").data(), batch, width.terms},
                                          .values = {out["y"].data(), batch, width.terms},
                                          .dlogits = {out["dlogits"].data(), batch, width.logits}}});
        return out;
    }
    template <class T>
    std::vector<T> factors() const {
        return noise<T>(4, static_cast<std::size_t>(at.terms), 0.5, 1.5);
    }
    template <class T>
    std::vector<T> cotangent() const {
        std::vector<T> dy(rows(width.terms));
        auto const factor = factors<T>();
        for (int n = 0; n < batch; ++n) std::copy(factor.begin(), factor.end(), dy.begin() + n * width.terms + at.first_term);
        return dy;
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"logits", out.at("dlogits")}};
        compute(run, loss_weigh<T>{.at = at,
                                   .factors = {dy.data() + at.first_term, at.terms},
                                   .dlogits = {gradients["logits"].data(), batch, width.logits}});
        return gradients;
    }
};

constexpr loss_subject<softmax_cross_entropy> entropy{
    {.length = 4, .first_logit = 3, .targets = 1, .first_target = 2, .terms = 1, .first_term = 1}, {.logits = 9, .targets = 5, .terms = 3}};
constexpr loss_subject<squared_error> euclidean{
    {.length = 4, .first_logit = 3, .targets = 4, .first_target = 1, .terms = 1, .first_term = 2}, {.logits = 9, .targets = 6, .terms = 3}};
constexpr loss_subject<binary_cross_entropy> binary{
    {.length = 5, .first_logit = 2, .targets = 5, .first_target = 1, .terms = 5, .first_term = 1}, {.logits = 9, .targets = 6, .terms = 7}};
constexpr loss_subject<softmax_cross_entropy> two_choices{
    {.length = 6, .first_logit = 2, .targets = 2, .first_target = 1, .terms = 2, .first_term = 1}, {.logits = 9, .targets = 4, .terms = 4}};
constexpr loss_subject<huber> own{{.length = 4, .first_logit = 3, .targets = 4, .first_target = 1, .terms = 2, .first_term = 1},
                                  {.logits = 9, .targets = 6, .terms = 4}};

template <class F>
void each(int batch, F&& f) {
    auto const of = [&](auto subject) {
        subject.batch = batch;
        f(subject);
    };
    of(entropy), of(euclidean), of(binary), of(two_choices);
#ifndef MCFA_LAWS_ON_GPU // whose kernels know the losses of the library alone
    of(own);
#endif
}

} // namespace

BOOST_AUTO_TEST_SUITE(loss_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    each(5, [](auto const& subject) { expect_gradients<B>(subject); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 2, 5, 700}) each(batch, [](auto const& subject) { expect_agreement<B>(subject); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("loss")) {
        auto const check = [&]<class L>(L) {
            expect_golden<B>(loss_subject<L>{{.length = g.integer("length"),
                                              .first_logit = g.integer("logits_first"),
                                              .targets = g.integer("targets"),
                                              .first_target = g.integer("targets_first"),
                                              .terms = g.integer("terms"),
                                              .first_term = g.integer("terms_first")},
                                             {g.integer("logits_width"), g.integer("targets_width"), g.integer("terms_width")},
                                             g.integer("batch")},
                             g);
        };
        switch (g.integer("kind")) {
        case 0:
            check(softmax_cross_entropy{});
            break;
        case 1:
            check(squared_error{});
            break;
        case 2:
            check(binary_cross_entropy{});
            break;
        default:
            BOOST_ERROR("a loss that is not known");
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_target_is_not_looked_at, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    each(2, [&](auto const& subject) {
        auto in = subject.template inputs<float>();
        in["targets"] = poisoned<float>(in["targets"].size());
        std::fill(in["mask"].begin(), in["mask"].end(), 0.0f);
        auto const out = subject.template forward<float, B>(run, in);
        for (float const value : out.at("y")) BOOST_TEST(value == 0);
        for (float const value : out.at("dlogits")) BOOST_TEST(value == 0);
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(large_logits_stay_finite, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    loss_subject<binary_cross_entropy> const labels{{.length = 2, .targets = 2, .terms = 2}, {2, 2, 2}, 1};
    auto const out = labels.template forward<float, B>(run, {{"logits", {300, -300}}, {"targets", {0, 1}}, {"mask", {1, 1}}});
    BOOST_TEST(out.at("y") == (std::vector<float>{300, 300}));
    BOOST_TEST(out.at("dlogits") == (std::vector<float>{1, -1}));
    loss_subject<softmax_cross_entropy> const classes{{.length = 2, .targets = 1, .terms = 1}, {2, 1, 1}, 1};
    auto const softmax = classes.template forward<float, B>(run, {{"logits", {300, -300}}, {"targets", {1}}, {"mask", {1}}});
    BOOST_TEST(softmax.at("y")[0] == 600);
    BOOST_TEST(softmax.at("dlogits") == (std::vector<float>{1, -1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_logit_that_is_not_a_number_shows, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    each(1, [&](auto const& subject) {
        auto in = subject.template inputs<float>();
        std::fill(in["mask"].begin(), in["mask"].end(), 1.0f);
        in["logits"][static_cast<std::size_t>(subject.at.first_logit)] = std::numeric_limits<float>::quiet_NaN();
        BOOST_TEST(std::isnan(subject.template forward<float, B>(run, in).at("y")[static_cast<std::size_t>(subject.at.first_term)]));
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    each(700, [](auto const& subject) { expect_same_on_any_number_of_threads<B>(subject); });
}

BOOST_AUTO_TEST_SUITE_END()
