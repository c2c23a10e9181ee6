// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/update.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct sgd_numbers {
    double rate = 0, momentum = 0, weight_decay = 0, factor = 1;
};

struct adam_numbers {
    double rate = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
    bool decoupled = false;
    double factor = 1;
};

/// `steps` steps of SGD with the gradients g0, g1, ...
struct sgd_subject {
    sgd_numbers op;
    std::size_t count = 0;
    int steps = 3;

    std::string name() const { return "SGD on " + std::to_string(count); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"p", noise<T>(1, count)}};
        for (int step = 0; step < steps; ++step) in["g" + std::to_string(step)] = noise<T>(10 + static_cast<std::uint64_t>(step), count);
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"p", in.at("p")}, {"v", std::vector<T>(count)}};
        for (int step = 0; step < steps; ++step)
            compute(run, sgd_update<T>{.p = out["p"],
                                       .g = in.at("g" + std::to_string(step)),
                                       .v = out["v"],
                                       .rate = op.rate,
                                       .momentum = op.momentum,
                                       .weight_decay = op.weight_decay,
                                       .factor = op.factor});
        return out;
    }
};

struct adam_subject {
    adam_numbers op;
    std::size_t count = 0;
    int steps = 3;

    std::string name() const { return (op.decoupled ? "AdamW on " : "Adam on ") + std::to_string(count); }

    template <class T>
    tensors<T> inputs() const {
        return sgd_subject{{}, count, steps}.inputs<T>();
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"p", in.at("p")}, {"m", std::vector<T>(count)}, {"v", std::vector<T>(count)}};
        for (int step = 0; step < steps; ++step) {
            compute(run, adam_update<T>{.p = out["p"],
                                        .g = in.at("g" + std::to_string(step)),
                                        .m = out["m"],
                                        .v = out["v"],
                                        .rate = op.rate,
                                        .beta1 = op.beta1,
                                        .beta2 = op.beta2,
                                        .epsilon = op.epsilon,
                                        .weight_decay = op.weight_decay,
                                        .decoupled = op.decoupled,
                                        .correction1 = 1 - std::pow(op.beta1, step + 1),
                                        .correction2 = 1 - std::pow(op.beta2, step + 1),
                                        .factor = op.factor});
        }
        return out;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(update_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (std::size_t const count : {1u, 17u, 20001u}) {
        expect_agreement<B>(sgd_subject{{0.1, 0.9, 0.01, 0.5}, count});
        expect_agreement<B>(adam_subject{{0.01, 0.9, 0.999, 1e-8, 0.1, false}, count});
        expect_agreement<B>(adam_subject{{0.01, 0.9, 0.999, 1e-8, 0.1, true}, count});
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("sgd"))
        expect_golden<B>(sgd_subject{{g.number("rate"), g.number("momentum"), g.number("weight_decay"), g.number("factor")},
                                     static_cast<std::size_t>(g.integer("count"))},
                         g);
    for (auto const& g : read_golden("adam")) {
        adam_numbers op;
        op.rate = g.number("rate");
        op.beta1 = g.number("beta1");
        op.beta2 = g.number("beta2");
        op.epsilon = g.number("epsilon");
        op.weight_decay = g.number("weight_decay");
        op.decoupled = g.integer("decoupled") != 0;
        op.factor = g.number("factor");
        expect_golden<B>(adam_subject{op, static_cast<std::size_t>(g.integer("count"))}, g);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(sgd_subject{{0.1, 0.9, 0.01, 0.5}, 50001});
    expect_same_on_any_number_of_threads<B>(adam_subject{{0.01, 0.9, 0.999, 1e-8, 0.1, true}, 50001});
}

BOOST_AUTO_TEST_SUITE_END()
