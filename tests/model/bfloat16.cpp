// SPDX-License-Identifier: MIT
#include "narrow_logits.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/zoo/slim.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(models_in_bfloat16)

using namespace mcfa;
using namespace mcfa::test;
using cpu = backend::eigen;
using narrow_space = workspace<float, cpu, bfloat16>;

/// Every layer, wherever it stands, and a net of convolutions as it is shipped.
BOOST_AUTO_TEST_CASE_TEMPLATE(logits_are_near_those_in_float, Net, decltype(std::tuple<tiny_net, odd_net, zoo::slim_net>{})) {
    model<Net, float, cpu> m{seed{3}, cpu{1}};
    if constexpr (Net::count != 3) disturb(m, 4);
    for (std::size_t const batch : {1u, 5u}) {
        auto const windows = noisy_batch<Net>(batch, 9);
        double const off = difference(logits_in<float>(m, windows, batch, 1), logits_in<bfloat16>(m, windows, batch, 1));
        BOOST_TEST(off < 0.02);
        BOOST_TEST(off > 0); // it did compute in another type
    }
}

BOOST_AUTO_TEST_CASE(logits_are_the_same_on_any_number_of_threads) {
    model<zoo::slim_net, float, cpu> const m{seed{3}, cpu{1}};
    auto const windows = noisy_batch<zoo::slim_net>(3, 9);
    auto const expected = logits_in<bfloat16>(m, windows, 3, 1);
    for (int const threads : {2, 3, 7}) BOOST_TEST((logits_in<bfloat16>(m, windows, 3, threads) == expected));
}

BOOST_AUTO_TEST_CASE(predictors_compute_in_bfloat16) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    disturb(m, 4);
    auto const windows = noisy_batch<tiny_net>(7, 9);
    predictor<decltype(m), bfloat16> narrow{m, {}, 4};
    predictor plain{m, {}, 4};
    auto const a = narrow(windows, 7), b = plain(windows, 7);
    BOOST_TEST_REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        BOOST_TEST(a[i].stage == b[i].stage);
        for (std::size_t k = 0; k < a[i].logits.size(); ++k) BOOST_TEST(std::abs(a[i].logits[k] - b[i].logits[k]) < 0.05f);
    }
}

BOOST_AUTO_TEST_CASE(activations_take_half_the_memory) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    workspace<float, cpu> const plain{m, 8, purpose::inference};
    narrow_space const narrow{m, 8, purpose::inference};
    BOOST_TEST(narrow.bytes() < 0.7 * static_cast<double>(plain.bytes()));
    BOOST_TEST((prepared_model<float, cpu, bfloat16>{m}.bytes() < prepared_model<float, cpu>{m}.bytes()));
}

BOOST_AUTO_TEST_CASE(what_computes_each_step_can_be_printed) {
    model<zoo::slim_net, float, cpu> m{seed{3}, cpu{1}};
    std::string const narrow = describe(prepared_model<float, cpu, bfloat16>{m}), plain = describe(prepared_model<float, cpu>{m});
    BOOST_TEST(std::ranges::count(narrow, '\n') == std::ranges::count(plain, '\n') + 2); // dense layers have prepared weights too
    BOOST_TEST(narrow.find("products of bfloat16") != std::string::npos);
    BOOST_TEST(plain.find("Winograd F(") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(training_is_refused) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    BOOST_CHECK_THROW((narrow_space{m, 2, purpose::training}), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
