// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"
#include "unit_subject.hpp"

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/convolution.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// The unit from prepared weights.
template <class T, class S, class B>
std::vector<T> prepared_result(B const& backend, unit_subject const& subject, weights_form form, int expected_batch) {
    typename B::execution run(backend);
    auto const in = subject.template inputs<T>();
    convolution const& op = subject.op.product;
    auto const layout = kernel<unit_preparation<T, S>, B>::layout(subject.op, form, expected_batch);
    std::vector<S> prepared(layout.size);
    compute(run, unit_preparation<T, S>{.weights = weights_of(op, in.at("weights").data()), .prepared = prepared, .layout = layout});
    auto y = poisoned<T>(subject.size(subject.op.out()));
    compute(run, unit_forward_prepared<T, S>{.x = batch_of(in.at("x").data(), subject.batch, op.in),
                                             .prepared = prepared,
                                             .layout = layout,
                                             .bias = subject.bias ? row<T const>{in.at("bias")} : row<T const>{},
                                             .y = batch_of(y.data(), subject.batch, subject.op.out()),
                                             .kernel = op.kernel,
                                             .stride = op.stride,
                                             .pad = op.pad,
                                             .rectified = subject.op.rectified,
                                             .pooled = subject.op.pooled});
    return y;
}

} // namespace

BOOST_AUTO_TEST_SUITE(convolution_unit_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    for (auto const [rectified, pooled] : unit_ends) {
        expect_gradients<B>(unit_subject{{{{2, 5, 6}, 3, 3, 1, 1}, rectified, pooled}, 2, true, 7, {}});
        expect_gradients<B>(unit_subject{{{{12, 6, 5}, 12, 3, 1, 1}, rectified, pooled}, 1, true, 11, {}}, 1e-6);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (auto const& subject : unit_subjects()) expect_agreement<B>(subject);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (auto const& subject : unit_subjects()) expect_same_on_any_number_of_threads<B>(subject);
}

/// However weights are prepared, for whatever batch, results agree; 16 bits cost little, though the transform enlarges their rounding.
BOOST_AUTO_TEST_CASE_TEMPLATE(prepared_weights, B, backends) {
    for (auto const& subject : unit_subjects()) {
        auto const expected = results<double>(backend::reference{}, subject)[0].at("y");
        double largest = 0;
        for (double const y : expected) largest = std::max(largest, std::abs(y));
        for (weights_form const form : {weights_form::fast, weights_form::lean})
            for (int const batch : {1, 64}) {
                expect_close(prepared_result<float, float>(B{}, subject, form, batch), expected, tolerance<float>,
                             subject.name() + ", prepared");
                expect_close(prepared_result<double, double>(B{}, subject, form, batch), expected, tolerance<double>,
                             subject.name() + ", prepared, double");
                expect_close(prepared_result<float, float16>(B{}, subject, form, batch), expected, 0.012,
                             subject.name() + ", prepared in 16 bits");
            }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(float16_rounds_to_the_nearest_and_to_even) {
    auto const there_and_back = [](float v) { return static_cast<float>(float16(v)); };
    for (float const v : {0.0f, 1.0f, -2.5f, 1.0f + 1.0f / 1024, 6e-8f - 6e-8f, 65504.0f}) BOOST_TEST(there_and_back(v) == v);
    BOOST_TEST(there_and_back(1.0f + 1.0f / 2048) == 1.0f);
    BOOST_TEST(there_and_back(1.0f + 3.0f / 2048) == 1.0f + 4.0f / 2048);
    BOOST_TEST(there_and_back(1.0f + 1.1f / 2048) == 1.0f + 2.0f / 2048);
}
