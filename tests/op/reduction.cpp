// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/reduction.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(reduction_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(squares_are_summed, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (std::size_t const count : {0u, 1u, 15u, 8192u, 30001u}) {
        auto const x = noise<float>(1, count);
        double expected = 0;
        for (float const value : x) expected += static_cast<double>(value) * static_cast<double>(value);
        double found = NAN;
        compute(run, sum_of_squares<float>{.x = x, .sum = {&found, 1}});
        BOOST_TEST(found == expected, boost::test_tools::tolerance(1e-13));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(columns_are_summed_with_and_without_weights, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (int const rows : {1, 5, 40})
        for (int const width : {1, 3, 200, 1000}) {
            auto const w = std::size_t(width);
            auto const x = noise<float>(1, rows * w);
            auto const weights = noise<float>(2, std::size_t(rows));
            std::vector<double> weighted(w), plain(w);
            for (std::size_t i = 0; i < x.size(); ++i) {
                weighted[i % w] += static_cast<double>(weights[i / w]) * static_cast<double>(x[i]);
                plain[i % w] += static_cast<double>(x[i]);
            }
            auto sums = poisoned<double>(w);
            compute(run, weighted_column_sums<float>{.x = {x.data(), rows, width}, .row_weights = weights, .sums = sums});
            expect_close(sums, weighted, 1e-13, "weighted column sums");
            sums = poisoned<double>(w);
            compute(run, weighted_column_sums<float>{.x = {x.data(), rows, width}, .sums = sums});
            expect_close(sums, plain, 1e-13, "column sums");
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    auto const x = noise<float>(1, 50000);
    auto const sums = [&](int threads) {
        B backend;
        backend.threads = threads;
        typename B::execution run(backend);
        std::vector<double> found(1001);
        compute(run, weighted_column_sums<float>{.x = {x.data(), 50, 1000}, .row_weights = {x.data(), 50}, .sums = {found.data(), 1000}});
        compute(run, sum_of_squares<float>{.x = x, .sum = {&found[1000], 1}});
        return found;
    };
    for (int const threads : {2, 3, 7}) BOOST_TEST(sums(threads) == sums(1));
}

BOOST_AUTO_TEST_SUITE_END()
