// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/loss.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// A loss in the middle of wider rows; `y` is the matrix of values, and its cotangent is the same for each sample.
struct loss_subject {
    loss op;
    int batch = 3;

    std::string name() const { return "loss " + std::to_string(static_cast<int>(op.kind)) + " of " + std::to_string(op.length); }
    std::size_t rows(int width) const { return static_cast<std::size_t>(batch) * static_cast<std::size_t>(width); }

    template <class T>
    tensors<T> inputs() const {
        auto targets = noise<T>(2, rows(op.targets_width), 0, 1);
        if (op.kind == loss_kind::softmax_cross_entropy)
            for (T& target : targets) target = std::floor(target * static_cast<T>(op.length));
        auto mask = noise<T>(3, rows(op.terms_width), 0, 2);
        for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = 0;
        return {{"logits", noise<T>(1, rows(op.logits_width), -4, 4)}, {"targets", targets}, {"mask", mask}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", std::vector<T>(rows(op.terms_width))}, {"dlogits", std::vector<T>(rows(op.logits_width))}};
        for (int n = 0; n < batch; ++n) { // poison what is to be written, and that alone
            std::fill_n(out["y"].begin() + n * op.terms_width + op.terms_first, op.terms, std::numeric_limits<T>::quiet_NaN());
            std::fill_n(out["dlogits"].begin() + n * op.logits_width + op.logits_first, op.length, std::numeric_limits<T>::quiet_NaN());
        }
        kernel<loss, B>::evaluate(run, op, batch, in.at("logits").data(), in.at("targets").data(), in.at("mask").data(), out["y"].data(),
                                  out["dlogits"].data());
        return out;
    }
    template <class T>
    std::vector<T> factors() const {
        return noise<T>(4, static_cast<std::size_t>(op.terms), 0.5, 1.5);
    }
    template <class T>
    std::vector<T> cotangent() const {
        std::vector<T> dy(rows(op.terms_width));
        auto const factor = factors<T>();
        for (int n = 0; n < batch; ++n) std::copy(factor.begin(), factor.end(), dy.begin() + n * op.terms_width + op.terms_first);
        return dy;
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"logits", out.at("dlogits")}};
        kernel<loss, B>::weigh(run, op, batch, dy.data() + op.terms_first, gradients["logits"].data());
        return gradients;
    }
};

constexpr loss entropy{loss_kind::softmax_cross_entropy, 4, 1, 1, 9, 3, 5, 2, 3, 1};
constexpr loss euclidean{loss_kind::squared_error, 4, 4, 1, 9, 3, 6, 1, 3, 2};
constexpr loss binary{loss_kind::binary_cross_entropy, 5, 5, 5, 9, 2, 6, 1, 7, 1};

} // namespace

BOOST_AUTO_TEST_SUITE(loss_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    for (auto const& op : {entropy, euclidean, binary}) expect_gradients<B>(loss_subject{op, 5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (auto const& op : {entropy, euclidean, binary})
        for (int const batch : {1, 2, 5, 700}) expect_agreement<B>(loss_subject{op, batch});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("loss")) {
        loss const op{static_cast<loss_kind>(g.integer("kind")),
                      g.integer("length"),
                      g.integer("targets"),
                      g.integer("terms"),
                      g.integer("logits_width"),
                      g.integer("logits_first"),
                      g.integer("targets_width"),
                      g.integer("targets_first"),
                      g.integer("terms_width"),
                      g.integer("terms_first")};
        expect_golden<B>(loss_subject{op, g.integer("batch")}, g);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_target_is_not_looked_at, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (auto const& op : {entropy, euclidean, binary}) {
        loss_subject const subject{op, 2};
        auto in = subject.template inputs<float>();
        in["targets"] = poisoned<float>(in["targets"].size());
        std::fill(in["mask"].begin(), in["mask"].end(), 0.0f);
        auto const out = subject.template forward<float, B>(run, in);
        for (float const value : out.at("y")) BOOST_TEST(value == 0);
        for (float const value : out.at("dlogits")) BOOST_TEST(value == 0);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(large_logits_stay_finite, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    loss const op{loss_kind::binary_cross_entropy, 2, 2, 2, 2, 0, 2, 0, 2, 0};
    auto const out = loss_subject{op, 1}.template forward<float, B>(run, {{"logits", {300, -300}}, {"targets", {0, 1}}, {"mask", {1, 1}}});
    BOOST_TEST(out.at("y") == (std::vector<float>{300, 300}));
    BOOST_TEST(out.at("dlogits") == (std::vector<float>{1, -1}));
    loss const classes{loss_kind::softmax_cross_entropy, 2, 1, 1, 2, 0, 1, 0, 1, 0};
    auto const softmax =
        loss_subject{classes, 1}.template forward<float, B>(run, {{"logits", {300, -300}}, {"targets", {1}}, {"mask", {1}}});
    BOOST_TEST(softmax.at("y")[0] == 600);
    BOOST_TEST(softmax.at("dlogits") == (std::vector<float>{1, -1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_logit_that_is_not_a_number_shows, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (auto const& op : {entropy, euclidean, binary}) {
        loss_subject const subject{op, 1};
        auto in = subject.template inputs<float>();
        std::fill(in["mask"].begin(), in["mask"].end(), 1.0f);
        in["logits"][static_cast<std::size_t>(op.logits_first)] = std::numeric_limits<float>::quiet_NaN();
        BOOST_TEST(std::isnan(subject.template forward<float, B>(run, in).at("y")[static_cast<std::size_t>(op.terms_first)]));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (auto const& op : {entropy, euclidean, binary}) expect_same_on_any_number_of_threads<B>(loss_subject{op, 700});
}

BOOST_AUTO_TEST_SUITE_END()
