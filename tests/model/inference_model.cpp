// SPDX-License-Identifier: MIT
#include "expect_error.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(model_for_inference)

BOOST_AUTO_TEST_CASE(an_inference_model_predicts_what_the_model_predicts) {
    using B = backend::reference;
    model<tiny_net, float, B> trained{seed{3}};
    inference_model<tiny_net, float, B> deployed;
    deployed.assign(trained.values());
    std::vector<array<float, 4>> windows;
    for (auto const& stage : tiny_net::stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        windows.push_back(array<float, 4>({2, side, side, 3}));
        for (std::size_t i = 0; i < windows.back().size(); ++i) windows.back().data()[i] = random_unit(7, i);
    }
    auto const expected = predictor{trained}(windows, 2), found = predictor{deployed}(windows, 2);
    for (std::size_t i = 0; i < 2; ++i) BOOST_TEST((found[i].logits == expected[i].logits));
}

BOOST_AUTO_TEST_CASE(an_inference_model_is_not_trained) {
    inference_model<tiny_net, float, backend::reference> m;
    BOOST_TEST(!m.trainable());
    expect_error<option_error>(
        [&] { training_step<float, backend::reference, sgd, weighting::uniform> step(m, sgd{}, {}, 2, {}, 0, seed{1}); },
        {"inference_model"});
}

BOOST_AUTO_TEST_SUITE_END()
