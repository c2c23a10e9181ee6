// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/batch_normalisation.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <utility>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct normalisation {
    int channels = 1;
    int pixels = 1;
    double epsilon = batch_normalisation_epsilon;
    double momentum = 0.1;
};

struct training_subject {
    normalisation op;
    int batch = 2;
    double low = -1;

    std::string name() const {
        return "batch normalisation of " + std::to_string(batch) + " x " + std::to_string(op.pixels) + " x " + std::to_string(op.channels);
    }
    std::size_t width() const { return std::size_t(op.channels); }
    std::size_t size() const { return batch * op.pixels * width(); }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, op.pixels, op.channels};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size(), low, low + 2)},
                {"gamma", noise<T>(2, width(), 0.5, 2)},
                {"beta", noise<T>(3, width())},
                {"running_mean", noise<T>(4, width())},
                {"running_variance", noise<T>(5, width(), 0.5, 2)}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())},
                       {"saved", poisoned<T>(2 * width())},
                       {"running_mean", in.at("running_mean")},
                       {"running_variance", in.at("running_variance")}};
        compute(run, batch_normalisation_training<T>{.x = of(in.at("x").data()),
                                                     .gamma = in.at("gamma"),
                                                     .beta = in.at("beta"),
                                                     .running_mean = out["running_mean"],
                                                     .running_variance = out["running_variance"],
                                                     .saved = out["saved"],
                                                     .y = of(out["y"].data()),
                                                     .epsilon = op.epsilon,
                                                     .momentum = op.momentum});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(6, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}, {"gamma", poisoned<T>(width())}, {"beta", poisoned<T>(width())}};
        compute(run, batch_normalisation_backward<T>{.x = of(in.at("x").data()),
                                                     .dy = of(dy.data()),
                                                     .gamma = in.at("gamma"),
                                                     .saved = out.at("saved"),
                                                     .dx = of(gradients["x"].data()),
                                                     .dgamma = gradients["gamma"],
                                                     .dbeta = gradients["beta"]});
        return gradients;
    }
};

struct inference_subject {
    normalisation op;
    int batch = 2;

    std::string name() const { return training_subject{op, batch}.name() + ", inference"; }

    template <class T>
    tensors<T> inputs() const {
        return training_subject{op, batch}.inputs<T>();
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(in.at("x").size())}};
        training_subject const same{op, batch};
        compute(run, batch_normalisation_inference<T>{.x = same.of(in.at("x").data()),
                                                      .gamma = in.at("gamma"),
                                                      .beta = in.at("beta"),
                                                      .running_mean = in.at("running_mean"),
                                                      .running_variance = in.at("running_variance"),
                                                      .y = same.of(out["y"].data()),
                                                      .epsilon = op.epsilon});
        return out;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(batch_normalisation_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(training_subject{{3, 4}, 2});
    expect_gradients<B>(training_subject{{5, 1}, 6});
    expect_gradients<B>(training_subject{{2, 9, 1e-3, 0.2}, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const channels : {1, 3, 5, 8, 16, 17, 31, 33, 64})
        for (auto const& [batch, pixels] : {std::pair{5, 1}, {1, 12}, {2, 12}, {5, 600}}) {
            expect_agreement<B>(training_subject{{channels, pixels}, batch});
            expect_agreement<B>(inference_subject{{channels, pixels}, batch});
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("batch_normalisation")) {
        normalisation const op{g.integer("channels"), g.integer("pixels"), g.number("epsilon"), g.number("momentum")};
        if (g.integer("training")) expect_golden<B>(training_subject{op, g.integer("batch")}, g);
        else expect_golden<B>(inference_subject{op, g.integer("batch")}, g);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gradient_in_place, B, backends) {
    training_subject const subject{{17, 20}, 3};
    B const backend{};
    typename B::execution run(backend);
    auto const in = subject.template inputs<float>();
    auto const out = subject.template forward<float, B>(run, in);
    auto dx = subject.template cotangent<float>();
    auto const expected = subject.template backward<float, B>(run, in, out, dx);
    std::vector<float> dgamma(17), dbeta(17);
    compute(run, batch_normalisation_backward<float>{.x = subject.of(in.at("x").data()),
                                                     .dy = subject.of(dx.data()),
                                                     .gamma = in.at("gamma"),
                                                     .saved = out.at("saved"),
                                                     .dx = subject.of(dx.data()),
                                                     .dgamma = dgamma,
                                                     .dbeta = dbeta});
    expect_close(dx, expected.at("x"), 1e-6, "dx in place of dy");
    BOOST_TEST(dgamma == expected.at("gamma"));
    BOOST_TEST(dbeta == expected.at("beta"));
}

// A plain float sum of squares would leave nothing of a variance of 1/3 here.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_large_mean_leaves_the_variance_accurate, B, backends) {
    training_subject const subject{{3, 500}, 2, 2000};
    B const backend{};
    typename B::execution run(backend);
    auto const found = subject.template forward<float, B>(run, subject.template inputs<float>());
    auto const expected = results<double>(mcfa::backend::reference{}, subject)[0];
    expect_close(found.at("running_variance"), expected.at("running_variance"), 1e-6, "running variance");
    for (std::size_t c = 3; c < 6; ++c) BOOST_TEST(found.at("saved")[c] == 1 / std::sqrt(1.0 / 3), boost::test_tools::tolerance(0.1));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (int const channels : {3, 16, 64}) expect_same_on_any_number_of_threads<B>(training_subject{{channels, 3000}, 5});
    expect_same_on_any_number_of_threads<B>(inference_subject{{16, 3000}, 5});
}

BOOST_AUTO_TEST_SUITE_END()
