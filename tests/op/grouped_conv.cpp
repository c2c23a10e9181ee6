// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "convolution_subject.hpp"
#include "golden.hpp"
#include "laws.hpp"

#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/model/pass/layer_table.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(grouped_convolution_laws)

namespace {

/// A layer with weights, and perhaps a bias behind them.
template <class Layer>
struct weighted_layer {
    shape in;
    int batch = 1;

    shape out() const { return Layer::output(in); }
    std::string name() const {
        return "grouped convolution of " + std::to_string(batch) + " x " + to_string(in) + " to " + to_string(out());
    }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }
    std::size_t parameter(std::size_t i) const { return Layer::parameters(in)[i].size(); }
    static constexpr bool biased = Layer::parameters(shape{8, 16, 16}).size() > 1;

    template <class T>
    tensors<T> inputs() const {
        tensors<T> given{{"x", noise<T>(1, size(in))}, {"weights", noise<T>(2, parameter(0))}};
        if (biased) given["bias"] = noise<T>(3, parameter(1));
        return given;
    }
    template <class T>
    std::vector<T> learned(tensors<T> const& given) const {
        auto all = given.at("weights");
        if (biased) all.insert(all.end(), given.at("bias").begin(), given.at("bias").end());
        return all;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& given) const {
        tensors<T> found{{"y", poisoned<T>(size(out()))}};
        auto const all = learned(given);
        layer_forward<Layer>(layer_pass<T, B>{
            .run = run, .x = batch_of(given.at("x").data(), batch, in), .y = batch_of(found["y"].data(), batch, out()), .learned = all});
        return found;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, size(out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& given, tensors<T> const&, std::vector<T> dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(in))}};
        auto const all = learned(given);
        auto dlearned = poisoned<T>(all.size());
        layer_backward<Layer>(layer_pass<T, B>{.run = run,
                                               .training = true,
                                               .x = batch_of(given.at("x").data(), batch, in),
                                               .dy = batch_of(dy.data(), batch, out()),
                                               .dx = batch_of(gradients["x"].data(), batch, in),
                                               .learned = all,
                                               .dlearned = dlearned});
        auto const split = dlearned.begin() + static_cast<std::ptrdiff_t>(parameter(0));
        gradients["weights"].assign(dlearned.begin(), split);
        if (biased) gradients["bias"].assign(split, dlearned.end());
        return gradients;
    }
};

using in_groups = conv<6, conv_options{.groups = 2}>;
using apart = conv<3, conv_options{.pad = 2, .bias = false, .dilation = 2}>;
using both = conv<4, conv_options{.stride = 2, .pad = 3, .groups = 2, .dilation = 3}>;
using even_window = conv<4, conv_options{.kernel = 2, .stride = 3, .pad = 1, .bias = false, .groups = 4}>;
using of_one_pixel = conv<8, conv_options{.kernel = 1, .pad = 0, .groups = 4}>;

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(weighted_layer<in_groups>{{4, 5, 6}, 2});
    expect_gradients<B>(weighted_layer<apart>{{2, 6, 5}, 2});
    expect_gradients<B>(weighted_layer<both>{{6, 9, 8}, 2});
    expect_gradients<B>(weighted_layer<even_window>{{4, 7, 5}, 3});
    expect_gradients<B>(weighted_layer<of_one_pixel>{{8, 3, 2}, 2});
}

// The larger ones are cut into pieces of the batch.
BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 3}) {
        expect_agreement<B>(weighted_layer<in_groups>{{4, 9, 11}, batch});
        expect_agreement<B>(weighted_layer<apart>{{5, 9, 8}, batch});
        expect_agreement<B>(weighted_layer<both>{{6, 11, 10}, batch});
        expect_agreement<B>(weighted_layer<conv<34, conv_options{.groups = 2}>>{{34, 8, 9}, batch});
    }
    expect_agreement<B>(weighted_layer<conv<4, conv_options{.pad = 2, .dilation = 2}>>{{16, 60, 62}, 5});
}

// With every channel a group it is the depthwise convolution, and with zeros between the taps of one a whole convolution.
BOOST_AUTO_TEST_CASE_TEMPLATE(it_is_the_convolutions_that_it_generalises, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    auto const expect_same = [&](auto const& subject, auto const& other) {
        auto const in = subject.template inputs<double>();
        auto const found = subject.template forward<double, B>(run, in), expected = other.template forward<double, B>(run, in);
        expect_close(found, expected, 1e-13, subject.name());
        auto const dy = subject.template cotangent<double>();
        expect_close(subject.template backward<double, B>(run, in, found, dy), other.template backward<double, B>(run, in, expected, dy),
                     1e-13, subject.name() + ", gradients");
    };
    expect_same(weighted_layer<conv<6, conv_options{.stride = 2, .pad = 2, .groups = 6, .dilation = 2}>>{{6, 9, 8}, 2},
                weighted_layer<depthwise_conv<depthwise_options{.stride = 2, .pad = 2, .dilation = 2}>>{{6, 9, 8}, 2});

    weighted_layer<apart> const subject{{2, 7, 6}, 2};
    convolution_subject const whole{{subject.in, 3, 5, 1, 2}, 2, false};
    auto const in = subject.template inputs<double>();
    auto wide = in;
    wide["weights"].assign(whole.op.weights(), 0);
    for (std::size_t i = 0; i < in.at("weights").size(); ++i)
        wide["weights"][i / 9 * 25 + i % 9 / 3 * 10 + i % 3 * 2] = in.at("weights")[i];
    expect_close(subject.template forward<double, B>(run, in), whole.template forward<double, B>(run, wide), 1e-13, subject.name());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(golden_values, B, backends) {
    auto const recorded = read_golden("grouped_convolution");
    BOOST_TEST_REQUIRE(recorded.size() == 3u);
    expect_golden<B>(weighted_layer<in_groups>{{4, 6, 5}, 2}, recorded[0]);
    expect_golden<B>(weighted_layer<apart>{{2, 7, 6}, 2}, recorded[1]);
    expect_golden<B>(weighted_layer<both>{{6, 9, 8}, 2}, recorded[2]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(weighted_layer<conv<16, conv_options{.pad = 2, .groups = 2, .dilation = 2}>>{{16, 40, 39}, 9});
}

BOOST_AUTO_TEST_SUITE_END()
