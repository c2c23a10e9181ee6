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

struct training_subject {
    batch_normalisation op;
    int batch = 2;
    double low = -1;

    std::string name() const {
        return "batch normalisation of " + std::to_string(batch) + " x " + std::to_string(op.pixels) + " x " + std::to_string(op.channels);
    }
    std::size_t width() const { return static_cast<std::size_t>(op.channels); }
    std::size_t size() const { return static_cast<std::size_t>(batch * op.pixels) * width(); }

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
        kernel<batch_normalisation, B>::forward_training(run, op, batch, in.at("x").data(), in.at("gamma").data(), in.at("beta").data(),
                                                         out["running_mean"].data(), out["running_variance"].data(), out["saved"].data(),
                                                         out["y"].data());
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(6, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}, {"gamma", poisoned<T>(width())}, {"beta", poisoned<T>(width())}};
        kernel<batch_normalisation, B>::backward(run, op, batch, in.at("x").data(), dy.data(), in.at("gamma").data(),
                                                 out.at("saved").data(), gradients["x"].data(), gradients["gamma"].data(),
                                                 gradients["beta"].data());
        return gradients;
    }
};

struct inference_subject {
    batch_normalisation op;
    int batch = 2;

    std::string name() const { return training_subject{op, batch}.name() + ", inference"; }

    template <class T>
    tensors<T> inputs() const {
        return training_subject{op, batch}.inputs<T>();
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(in.at("x").size())}};
        kernel<batch_normalisation, B>::forward_inference(run, op, batch, in.at("x").data(), in.at("gamma").data(), in.at("beta").data(),
                                                          in.at("running_mean").data(), in.at("running_variance").data(), out["y"].data());
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
        batch_normalisation const op{g.integer("channels"), g.integer("pixels"), g.number("epsilon"), g.number("momentum")};
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
    kernel<batch_normalisation, B>::backward(run, subject.op, 3, in.at("x").data(), dx.data(), in.at("gamma").data(),
                                             out.at("saved").data(), dx.data(), dgamma.data(), dbeta.data());
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
