// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/dense.hpp>
#include <mcfa/op/gramian.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// `wanted` logits of a head that has three more, of which one stands before.
struct sizes {
    int features, wanted, batch;
    int logits() const { return wanted + 3; }
};
sizes const all_sizes[] = {{1, 1, 1}, {5, 3, 4}, {17, 10, 33}, {320, 40, 32}};

template <class T, class B>
std::vector<double> gramian_of(sizes const& s, std::vector<T> const& weights, std::vector<T> const& dlogits, B const& backend = {}) {
    typename B::execution run(backend);
    auto found = poisoned<double>(std::size_t(s.wanted) * std::size_t(s.wanted));
    compute(run, head_gramian<T>{.weights = {weights.data(), s.wanted, s.features},
                                 .dlogits = {dlogits.data(), s.batch, s.logits()},
                                 .first_logit = 1,
                                 .gramian = {found.data(), s.wanted, s.wanted}});
    return found;
}

template <class T>
std::vector<T> weights_of(sizes const& s) {
    return noise<T>(1, std::size_t(s.wanted) * std::size_t(s.features));
}
/// Every fifth is 0, as a missing label leaves it.
template <class T>
std::vector<T> dlogits_of(sizes const& s) {
    auto all = noise<T>(2, std::size_t(s.batch) * std::size_t(s.logits()));
    for (std::size_t i = 0; i < all.size(); i += 5) all[i] = 0;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gramian_laws)

#ifndef MCFA_LAWS_ON_GPU // which has the passes of float in these laws
BOOST_AUTO_TEST_CASE_TEMPLATE(equals_the_inner_products_of_separate_backward_passes, B, backends) {
    for (sizes const& s : all_sizes) {
        auto const weights = weights_of<double>(s), dlogits = dlogits_of<double>(s);
        B const backend{};
        typename B::execution run(backend);
        std::vector<std::vector<double>> gradients; // of each logit at the features
        for (int a = 0; a < s.wanted; ++a) {
            std::vector<double> alone(std::size_t(s.batch) * std::size_t(s.wanted));
            for (std::size_t n = 0; n < std::size_t(s.batch); ++n)
                alone[n * std::size_t(s.wanted) + std::size_t(a)] = dlogits[n * std::size_t(s.logits()) + std::size_t(1 + a)];
            gradients.push_back(poisoned<double>(std::size_t(s.batch) * std::size_t(s.features)));
            compute(run, dense_input_gradient<double>{.dy = {alone.data(), s.batch, s.wanted},
                                                      .weights = {weights.data(), s.wanted, s.features},
                                                      .dx = {gradients.back().data(), s.batch, s.features}});
        }
        std::vector<double> expected;
        for (auto const& a : gradients)
            for (auto const& b : gradients) {
                double sum = 0;
                for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
                expected.push_back(sum);
            }
        expect_close(gramian_of(s, weights, dlogits, backend), expected, 1e-12, "gramian");
    }
}
#endif

BOOST_AUTO_TEST_CASE_TEMPLATE(is_symmetric_and_positive_semidefinite, B, backends) {
    for (sizes const& s : all_sizes) {
        auto const found = gramian_of<float, B>(s, weights_of<float>(s), dlogits_of<float>(s));
        auto const size = std::size_t(s.wanted);
        double trace = 0;
        for (std::size_t a = 0; a < size; ++a) {
            BOOST_TEST(found[a * size + a] >= 0);
            trace += found[a * size + a];
            for (std::size_t b = 0; b < a; ++b) BOOST_TEST(found[a * size + b] == found[b * size + a]);
        }
        for (std::uint64_t key = 3; key < 30; ++key) { // the square of a sum of gradients is not negative
            auto const v = noise<double>(key, size);
            double square = 0;
            for (std::size_t a = 0; a < size; ++a)
                for (std::size_t b = 0; b < size; ++b) square += v[a] * found[a * size + b] * v[b];
            BOOST_TEST(square >= -1e-12 * trace);
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agrees_with_the_reference, B, backends) {
    for (sizes const& s : all_sizes) {
        auto const weights = weights_of<float>(s), dlogits = dlogits_of<float>(s);
        expect_close(gramian_of<float, B>(s, weights, dlogits), gramian_of<float, backend::reference>(s, weights, dlogits), 1e-12,
                     "gramian");
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    static constexpr sizes s{2304, 40, 32};
    auto const with = [&](int threads) {
        B backend;
        backend.threads = threads;
        return gramian_of<float, B>(s, weights_of<float>(s), dlogits_of<float>(s), backend);
    };
    for (int const threads : {2, 3, 7}) BOOST_TEST(with(threads) == with(1));
}

BOOST_AUTO_TEST_SUITE_END()
