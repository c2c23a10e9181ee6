// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/dense.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct dense_subject {
    dense_product op;
    int batch = 1;
    bool bias = true;

    std::string name() const {
        return "dense of " + std::to_string(batch) + " x " + std::to_string(op.in) + " to " + std::to_string(op.out) +
               (bias ? "" : ", no bias");
    }
    std::size_t rows(int width) const { return static_cast<std::size_t>(batch) * static_cast<std::size_t>(width); }

    template <class T>
    tensors<T> inputs() const {
        tensors<T> in{{"x", noise<T>(1, rows(op.in))}, {"weights", noise<T>(2, op.weights())}};
        if (bias) in["bias"] = noise<T>(3, static_cast<std::size_t>(op.out));
        return in;
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(rows(op.out))}};
        compute(run, dense_forward<T>{.x = {in.at("x").data(), batch, op.in},
                                      .weights = {in.at("weights").data(), op.out, op.in},
                                      .bias = in.count("bias") ? row<T const>{in.at("bias")} : row<T const>{},
                                      .y = {out["y"].data(), batch, op.out}});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(4, rows(op.out));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(rows(op.in))}, {"weights", poisoned<T>(op.weights())}};
        row<T> dbias;
        if (in.count("bias")) dbias = gradients["bias"] = poisoned<T>(static_cast<std::size_t>(op.out));
        matrix<T const> const upper{dy.data(), batch, op.out};
        compute(run, dense_input_gradient<T>{
                         .dy = upper, .weights = {in.at("weights").data(), op.out, op.in}, .dx = {gradients["x"].data(), batch, op.in}});
        compute(run, dense_weight_gradient<T>{.x = {in.at("x").data(), batch, op.in},
                                              .dy = upper,
                                              .dweights = {gradients["weights"].data(), op.out, op.in},
                                              .dbias = dbias});
        return gradients;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(dense_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(dense_subject{{5, 4}, 3});
    expect_gradients<B>(dense_subject{{17, 3}, 1, false});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 2, 5, 33})
        for (int const in : {1, 3, 8, 17, 64, 256})
            for (int const out : {1, 4, 10, 33, 64}) expect_agreement<B>(dense_subject{{in, out}, batch, in != 8});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("dense"))
        expect_golden<B>(dense_subject{{g.integer("in"), g.integer("out")}, g.integer("batch"), g.inputs.count("bias") == 1}, g);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (int const batch : {1, 5, 32}) {
        expect_same_on_any_number_of_threads<B>(dense_subject{{1000, 300}, batch});
        expect_same_on_any_number_of_threads<B>(dense_subject{{37, 53}, batch});
    }
}

BOOST_AUTO_TEST_SUITE_END()
