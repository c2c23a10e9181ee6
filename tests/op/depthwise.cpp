// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "convolution_subject.hpp"
#include "laws.hpp"

#include <mcfa/op/depthwise.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(depthwise_laws)

namespace {

struct depthwise_subject {
    depthwise op;
    int batch = 1;
    bool bias = true;

    std::string name() const {
        return "depthwise convolution of " + std::to_string(batch) + " x " + to_string(op.in) + ", kernel " + std::to_string(op.kernel) +
               ", stride " + std::to_string(op.stride) + ", pad " + std::to_string(op.pad) + ", dilation " + std::to_string(op.dilation);
    }
    std::size_t size(shape s) const { return static_cast<std::size_t>(batch) * s.size(); }
    template <class T>
    matrix<T> weights(T* data) const {
        return {data, op.in.channels, op.taps()};
    }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(1, size(op.in))}, {"weights", noise<T>(2, op.weights())}};
        if (bias) in["bias"] = noise<T>(3, static_cast<std::size_t>(op.in.channels));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size(op.out()))}};
        compute(run, depthwise_forward<T>{.op = op,
                                          .x = batch_of(in.at("x").data(), batch, op.in),
                                          .weights = weights(in.at("weights").data()),
                                          .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                          .y = batch_of(out["y"].data(), batch, op.out())});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.in))}, {"weights", poisoned<T>(op.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.in.channels));
        auto const upper = batch_of(dy.data(), batch, op.out());
        compute(run, depthwise_input_gradient<T>{.op = op,
                                                 .dy = upper,
                                                 .weights = weights(in.at("weights").data()),
                                                 .dx = batch_of(gradients["x"].data(), batch, op.in)});
        compute(run, depthwise_weight_gradient<T>{.op = op,
                                                  .x = batch_of(in.at("x").data(), batch, op.in),
                                                  .dy = upper,
                                                  .dweights = weights(gradients["weights"].data()),
                                                  .dbias = dbias});
        return gradients;
    }
};

std::vector<depthwise> const sizes{{{1, 3, 3}},
                                   {{3, 6, 5}},
                                   {{4, 7, 9}, 3, 2, 1},
                                   {{5, 9, 8}, 3, 2, 0},
                                   {{2, 8, 8}, 5, 1, 2},
                                   {{3, 9, 9}, 3, 1, 2, 2},
                                   {{6, 11, 10}, 3, 2, 3, 3},
                                   {{8, 4, 4}, 1, 1, 0},
                                   {{7, 5, 6}, 4, 3, 2},
                                   // as many channels as a vector has, or more: at every edge, and where no window lies within the plane
                                   {{16, 5, 6}, 3, 1, 0},
                                   {{17, 6, 5}, 3, 2, 1},
                                   {{18, 7, 8}, 3, 1, 2, 2},
                                   {{16, 9, 7}, 3, 2, 3, 3},
                                   {{16, 2, 1}, 3, 1, 1},
                                   {{20, 3, 2}, 3, 1, 4},
                                   {{16, 1, 4}, 3, 3, 2},
                                   {{18, 8, 9}, 3, 2, 0},
                                   {{16, 9, 8}, 3, 2, 2, 2},
                                   {{16, 10, 11}, 3, 5, 1}, // some pixels are read by no window
                                   {{16, 3, 7}, 3, 2, 6}};

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    for (depthwise const& op : sizes) expect_gradients<B>(depthwise_subject{op, 2});
    expect_gradients<B>(depthwise_subject{sizes[1], 2, false});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 3}) {
        for (depthwise const& op : sizes) expect_agreement<B>(depthwise_subject{op, batch});
        for (int const channels : {1, 8, 16, 33, 64}) expect_agreement<B>(depthwise_subject{{{channels, 12, 13}}, batch, batch == 1});
    }
}

// A convolution whose weights between two channels are 0, with zeros between the taps where they are apart.
BOOST_AUTO_TEST_CASE_TEMPLATE(it_is_a_convolution_with_separate_channels, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (depthwise const& op : sizes) {
        depthwise_subject const subject{op, 2};
        convolution_subject const whole{{op.in, op.in.channels, op.reach(), op.stride, op.pad}, 2};
        auto const in = subject.template inputs<double>();
        auto wide = in;
        auto& weights = wide["weights"] = std::vector<double>(whole.op.weights());
        std::size_t const channels = static_cast<std::size_t>(op.in.channels), kernel = static_cast<std::size_t>(op.kernel),
                          reach = static_cast<std::size_t>(op.reach()), apart = static_cast<std::size_t>(op.dilation);
        auto const place = [&](std::size_t c, std::size_t ky, std::size_t kx) {
            return ((c * channels + c) * reach + ky * apart) * reach + kx * apart;
        };
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t k = 0; k < kernel * kernel; ++k)
                weights[place(c, k / kernel, k % kernel)] = in.at("weights")[c * kernel * kernel + k];
        backend::reference::execution plain{backend::reference{}};
        auto const expected = whole.template forward<double, backend::reference>(plain, wide);
        auto const found = subject.template forward<double, B>(run, in);
        expect_close(found, expected, 1e-13, subject.name());

        auto const dy = subject.template cotangent<double>();
        auto of_whole = whole.template backward<double, backend::reference>(plain, wide, expected, dy);
        std::vector<double> own(op.weights());
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t k = 0; k < kernel * kernel; ++k)
                own[c * kernel * kernel + k] = of_whole["weights"][place(c, k / kernel, k % kernel)];
        of_whole["weights"] = own;
        expect_close(subject.template backward<double, B>(run, in, found, dy), of_whole, 1e-13, subject.name() + ", gradients");
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(depthwise_subject{{{17, 31, 29}}, 3});
    expect_same_on_any_number_of_threads<B>(depthwise_subject{{{64, 24, 24}, 3, 2, 1}, 5});
}

BOOST_AUTO_TEST_SUITE_END()
