// SPDX-License-Identifier: MIT
// What a policy that asks for the Gramian is given in a training step.
#include "fake_faces.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/train/files/report_json.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/make.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <memory>
#include <tuple>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_gramian)

namespace {

using backends = std::tuple<backend::reference, backend::eigen, backend::emulated_device>;
constexpr std::size_t windows = 12;

/// Keeps what it saw last, stage by stage.
struct witness {
    static constexpr std::string_view name = "witness";
    bool wants_gradient_norms = false, wants_gramian = false;
    std::shared_ptr<std::vector<std::vector<double>>> gramians = std::make_shared<std::vector<std::vector<double>>>(2);
    std::shared_ptr<std::vector<std::vector<double>>> norms = std::make_shared<std::vector<std::vector<double>>>(2);
    void weigh(weighting::observation const& seen, std::span<double> weights) const {
        auto const stage = static_cast<std::size_t>(seen.stage);
        (*gramians)[stage].assign(seen.gramian.begin(), seen.gramian.empty() ? seen.gramian.begin() : seen.gramian.end());
        (*norms)[stage].assign(seen.gradient_norms.begin(), seen.gradient_norms.end());
        std::fill(weights.begin(), weights.end(), 1.0);
    }
};

batch some_batch() {
    auto reader = fake_faces{windows}.batches(encoding_of(golden::net::info), batch_options{windows, 1, seed{1}, true});
    batch b;
    reader.begin(0);
    reader.next(b);
    return b;
}

/// The gradient of attribute k alone at the feature of stage j, (windows, feature): a backward pass through the heads.
template <class B>
std::vector<double> gradient_of(model<golden::net, double, B> const& m, workspace<double, B>& w, joint_loss<double, B>& loss, std::size_t j,
                                std::size_t k) {
    std::vector<double> alone(loss.weighted().size());
    alone[k] = 1;
    loss.evaluate(w, j);
    loss.weigh(w, j, alone);
    stage_info const& stage = m.net().stages[j];
    std::vector<double> gradient(windows * static_cast<std::size_t>(stage.feature));
    compute(w.run, dense_input_gradient<double>{.dy = {w.logits_gradient(j), windows, m.net().logits},
                                                .weights = {m.data() + stage.first_head_weight, m.net().logits, stage.feature},
                                                .dx = {gradient.data(), windows, stage.feature}});
    return gradient;
}

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(equals_the_inner_products_of_separate_backward_passes, B, backends) {
    batch b = some_batch();
    for (std::size_t n = 0; n < windows; ++n) b.masks(n, b.masks.shape()[1] - 1) = 0; // one attribute without any label
    model<golden::net, double, B> m{seed{4}};
    workspace<double, B> w(m, windows, purpose::training);
    joint_loss<double, B> loss(m, windows, {{"face", 0.0}, {"box", 0.0}, {"landmarks", 0.0}});
    for (std::size_t j = 0; j < 2; ++j) w.load(j, b.windows[j], b.size);
    loss.load(w, b);
    forward_training(m, w, b.size, 1);
    witness const asks{.wants_gradient_norms = true, .wants_gramian = true};
    for (std::size_t j = 0; j < 2; ++j) {
        loss.evaluate(w, j);
        auto const seen = loss.observe(asks, m, w, j);
        std::vector<double> const found(seen.gramian.begin(), seen.gramian.end()),
            norms(seen.gradient_norms.begin(), seen.gradient_norms.end());
        BOOST_REQUIRE_EQUAL(found.size(), 9u);
        std::vector<std::vector<double>> gradients;
        for (std::size_t k = 0; k < 3; ++k) gradients.push_back(gradient_of(m, w, loss, j, k));
        double largest = 0;
        for (double const g : found) largest = std::max(largest, std::abs(g));
        BOOST_TEST(largest > 0);
        for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t l = 0; l < 3; ++l) {
                double expected = 0;
                for (std::size_t i = 0; i < gradients[k].size(); ++i) expected += gradients[k][i] * gradients[l][i];
                BOOST_TEST(std::abs(found[k * 3 + l] - expected) <= 1e-12 * largest, found[k * 3 + l] << " for " << expected);
                BOOST_TEST(found[k * 3 + l] == found[l * 3 + k]);
                if (k == l) BOOST_TEST(std::abs(norms[k] * norms[k] - expected) <= 1e-12 * largest);
                if (k == 2 || l == 2) BOOST_TEST(found[k * 3 + l] == 0);
            }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_who_asks_is_given_it, B, backends) {
    auto const b = some_batch();
    for (bool const all : {false, true})
        for (bool const norms : {false, true})
            for (bool const erased : {false, true}) {
                model<golden::net, float, B> m{seed{4}};
                witness const asks{.wants_gradient_norms = norms, .wants_gramian = all};
                auto const take_step = [&](auto policy) {
                    training_step<float, B, sgd, decltype(policy)> step(m, {}, policy, windows, {}, 5, seed{1});
                    step.run(b, 1);
                };
                if (erased) take_step(weighting::any_policy(asks));
                else take_step(asks);
                for (std::size_t j = 0; j < 2; ++j) {
                    BOOST_TEST((*asks.gramians)[j].size() == (all ? 9u : 0u));
                    BOOST_TEST((*asks.norms)[j].size() == (norms ? 3u : 0u));
                }
            }
}

/// The log of an epoch says how gradients conflict, where the policy is given their Gramian, and only there.
BOOST_AUTO_TEST_CASE(conflicts_are_reported_where_the_gramian_is_asked_for) {
    for (bool const asks : {false, true}) {
        model<golden::net, float, backend::eigen> m{seed{4}};
        weighting::any_policy policy = weighting::uniform{};
        policy.wants_gramian = asks;
        trainer t{m, sgd{.rate = 0.01}, policy, no_report{}};
        auto const history = t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, {.epochs = 2, .batch = 8});
        for (epoch_report const& r : history) {
            auto const line = to_json(m.net(), r);
            for (auto const* stage : {"small", "large"}) {
                auto const& told = line.at("stages").at(stage);
                BOOST_TEST(told.contains("conflict") == asks);
                BOOST_TEST(told.at("effective_attributes").get<double>() > 2.99);
                if (!asks) continue;
                double const share = told["conflict"]["share"], cosine = told["conflict"]["lowest_cosine"];
                BOOST_TEST((share >= 0 && share <= 1));
                BOOST_TEST((cosine >= -1 && cosine <= 1));
                std::string const pair = told["conflict"]["pair"];
                BOOST_TEST((pair == "Smiling, Eyeglasses" || pair == "Smiling, Wearing_Hat" || pair == "Eyeglasses, Wearing_Hat"), pair);
            }
        }
    }
}

/// Each rule by name, with labels missing, in training steps on each backend.
BOOST_AUTO_TEST_CASE_TEMPLATE(every_rule_takes_steps, B, backends) {
    auto b = some_batch();
    for (std::size_t n = 0; n < windows; ++n) b.masks(n, b.masks.shape()[1] - 1) = 0;
    for (auto const& rule : weighting::all_rules()) {
        if (rule.name == "fixed") continue;
        model<golden::net, float, B> m{seed{4}};
        training_step<float, B, sgd, weighting::any_policy> step(m, {}, rule, windows, {}, 5, seed{1});
        for (int i = 0; i < 3; ++i) step.run(b, 1);
        for (std::size_t j = 0; j < 2; ++j) {
            double sum = 0;
            for (double const w : step.weights(j)) {
                BOOST_TEST(w > 0, rule.name);
                sum += w;
            }
            BOOST_TEST(std::abs(sum / 3 - 1) < 1e-9, rule.name);
        }
        step.check_model();
    }
}

BOOST_AUTO_TEST_SUITE_END()
