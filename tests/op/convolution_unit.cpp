// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/convolution.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// A convolution with its epilogue. Inputs are spaced so that no difference of a gradient check crosses an edge of rectifier or maximum.
struct unit_subject {
    convolution_unit op;
    int batch = 1;
    bool bias = true;
    std::uint64_t draw = 1;

    std::string name() const {
        return std::string("unit of ") + std::to_string(batch) + " x " + to_string(op.product.in) + " to " + to_string(op.out()) +
               ", kernel " + std::to_string(op.product.kernel) + (op.rectified ? ", rectified" : "") + (op.pooled ? ", pooled" : "");
    }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(draw, size(op.product.in))}, {"weights", noise<T>(draw + 1, op.product.weights())}};
        if (bias) in["bias"] = noise<T>(draw + 2, static_cast<std::size_t>(op.product.out_channels));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        argmax.assign(op.pooled ? size(op.out()) : 0, 77);
        tensors<T> out{{"y", poisoned<T>(size(op.out()))}};
        compute(run, unit_forward<T>{.x = batch_of(in.at("x").data(), batch, op.product.in),
                                     .weights = weights_of(op.product, in.at("weights").data()),
                                     .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                     .y = batch_of(out["y"].data(), batch, op.out()),
                                     .argmax = kept(),
                                     .stride = op.product.stride,
                                     .pad = op.product.pad,
                                     .rectified = op.rectified,
                                     .pooled = op.pooled});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(draw + 3, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.product.in))}, {"weights", poisoned<T>(op.product.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.product.out_channels));
        auto const upper = batch_of(dy.data(), batch, op.out()), y = batch_of(out.at("y").data(), batch, op.out());
        compute(run, unit_input_gradient<T>{.dy = upper,
                                            .y = y,
                                            .argmax = kept(),
                                            .weights = weights_of(op.product, in.at("weights").data()),
                                            .dx = batch_of(gradients["x"].data(), batch, op.product.in),
                                            .stride = op.product.stride,
                                            .pad = op.product.pad,
                                            .rectified = op.rectified,
                                            .pooled = op.pooled});
        compute(run, unit_weight_gradient<T>{.x = batch_of(in.at("x").data(), batch, op.product.in),
                                             .dy = upper,
                                             .y = y,
                                             .argmax = kept(),
                                             .dweights = weights_of(op.product, gradients["weights"].data()),
                                             .dbias = dbias,
                                             .stride = op.product.stride,
                                             .pad = op.product.pad,
                                             .rectified = op.rectified,
                                             .pooled = op.pooled});
        return gradients;
    }

    planes<std::uint8_t> kept() const { return op.pooled ? batch_of(argmax.data(), batch, op.out()) : planes<std::uint8_t>{}; }

    mutable std::vector<std::uint8_t> argmax; ///< of the last pass forward
};

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

constexpr std::array ends{std::array{false, false}, std::array{true, false}, std::array{false, true}, std::array{true, true}};

/// 3x3 convolutions that Winograd's algorithm takes and such that it does not, with sizes that tiles and maxima do not divide.
std::vector<unit_subject> subjects() {
    std::vector<unit_subject> all;
    std::uint64_t draw = 100;
    for (auto const [rectified, pooled] : ends)
        for (convolution const& op : {convolution{{3, 9, 11}, 5, 3, 1, 1},
                                      {{16, 8, 8}, 16, 3, 1, 1},
                                      {{17, 7, 10}, 13, 3, 1, 1},
                                      {{12, 13, 5}, 24, 3, 1, 1},
                                      {{33, 14, 14}, 16, 3, 1, 1},
                                      {{4, 9, 9}, 6, 5, 2, 2},
                                      {{7, 9, 6}, 5, 1, 1, 0},
                                      {{19, 6, 7}, 20, 1, 1, 0}})
            for (int const batch : {1, 3}) all.push_back({{op, rectified, pooled}, batch, batch == 3, draw += 10, {}});
    for (bool const rectified : {false, true}) all.push_back({{{{6, 7, 7}, 9, 7, 1, 0}, rectified, false}, 2, true, draw += 10, {}});
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(convolution_unit_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    for (auto const [rectified, pooled] : ends) {
        expect_gradients<B>(unit_subject{{{{2, 5, 6}, 3, 3, 1, 1}, rectified, pooled}, 2, true, 7, {}});
        expect_gradients<B>(unit_subject{{{{12, 6, 5}, 12, 3, 1, 1}, rectified, pooled}, 1, true, 11, {}}, 1e-6);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (auto const& subject : subjects()) expect_agreement<B>(subject);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (auto const& subject : subjects()) expect_same_on_any_number_of_threads<B>(subject);
}

/// However weights are prepared, for whatever batch, results agree; 16 bits cost little, though the transform enlarges their rounding.
BOOST_AUTO_TEST_CASE_TEMPLATE(prepared_weights, B, backends) {
    for (auto const& subject : subjects()) {
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
