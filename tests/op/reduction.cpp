// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/reduction.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(reduction_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(sum_of_squares, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (std::size_t const count : {0u, 1u, 15u, 8192u, 30001u}) {
        auto const x = noise<float>(1, count);
        double expected = 0;
        for (float const value : x) expected += static_cast<double>(value) * static_cast<double>(value);
        BOOST_TEST((kernel<reduction, B>::sum_of_squares(run, count, x.data())) == expected, boost::test_tools::tolerance(1e-13));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weighted_column_sums, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    for (int const rows : {1, 5, 40})
        for (int const width : {1, 3, 200, 1000}) {
            auto const w = static_cast<std::size_t>(width);
            auto const x = noise<float>(1, static_cast<std::size_t>(rows) * w);
            auto const weights = noise<float>(2, static_cast<std::size_t>(rows));
            std::vector<double> weighted(w), plain(w);
            for (std::size_t i = 0; i < x.size(); ++i) {
                weighted[i % w] += static_cast<double>(weights[i / w]) * static_cast<double>(x[i]);
                plain[i % w] += static_cast<double>(x[i]);
            }
            auto sums = poisoned<double>(w);
            kernel<reduction, B>::weighted_column_sums(run, rows, width, x.data(), weights.data(), sums.data());
            expect_close(sums, weighted, 1e-13, "weighted column sums");
            sums = poisoned<double>(w);
            kernel<reduction, B>::weighted_column_sums(run, rows, width, x.data(), static_cast<float const*>(nullptr), sums.data());
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
        kernel<reduction, B>::weighted_column_sums(run, 50, 1000, x.data(), x.data(), found.data());
        found[1000] = kernel<reduction, B>::sum_of_squares(run, x.size(), x.data());
        return found;
    };
    for (int const threads : {2, 3, 7}) BOOST_TEST(sums(threads) == sums(1));
}

BOOST_AUTO_TEST_SUITE_END()
