// SPDX-License-Identifier: MIT
#include "convolution_passes.hpp"
#include "samples.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace mcfa;
using test::relative_difference;
using test::samples;

BOOST_AUTO_TEST_SUITE(backend_convolution)

namespace {

struct convolution_case {
    convolution op;
    int batch;
};

std::string name(convolution_case const& c) {
    return to_string(c.op.in) + " to " + std::to_string(c.op.out_channels) + " kernel " + std::to_string(c.op.kernel) + " stride " +
           std::to_string(c.op.stride) + " pad " + std::to_string(c.op.pad) + " batch " + std::to_string(c.batch);
}

std::vector<convolution_case> cases() {
    return {
        {{{1, 3, 3}, 1, 3, 1, 1}, 1},      {{{3, 12, 10}, 16, 3, 1, 1}, 2},  {{{16, 9, 11}, 16, 3, 1, 1}, 3},
        {{{16, 28, 28}, 32, 3, 1, 1}, 2},  {{{5, 7, 6}, 13, 3, 1, 1}, 2},    {{{7, 13, 9}, 19, 3, 1, 0}, 1},
        {{{32, 14, 14}, 40, 3, 1, 1}, 5},  {{{33, 6, 6}, 31, 3, 1, 1}, 17},  {{{8, 7, 7}, 9, 7, 1, 0}, 4},
        {{{8, 7, 7}, 9, 7, 1, 0}, 1},      {{{5, 9, 9}, 6, 5, 1, 2}, 2},     {{{4, 6, 7}, 5, 1, 1, 0}, 2},
        {{{37, 30, 31}, 140, 1, 1, 0}, 5}, {{{4, 6, 7}, 5, 1, 1, 1}, 2},     {{{6, 11, 12}, 10, 3, 2, 1}, 2},
        {{{6, 11, 12}, 10, 3, 2, 0}, 2},   {{{3, 23, 21}, 20, 7, 3, 3}, 1},  {{{4, 9, 9}, 8, 2, 2, 0}, 2},
        {{{4, 5, 5}, 8, 3, 1, 2}, 2},      {{{4, 5, 5}, 8, 3, 1, 4}, 2},     {{{4, 6, 5}, 8, 3, 3, 3}, 2},
        {{{64, 1, 1}, 24, 1, 1, 0}, 3},    {{{2, 1, 1}, 3, 3, 1, 1}, 2},     {{{2, 1, 40}, 3, 3, 1, 1}, 2},
        {{{20, 17, 5}, 24, 3, 1, 1}, 1},   {{{64, 16, 16}, 64, 3, 1, 1}, 2}, {{{3, 64, 64}, 8, 3, 1, 1}, 1},
        {{{24, 4, 4}, 48, 3, 1, 1}, 33},   {{{70, 5, 5}, 130, 3, 1, 1}, 2},  {{{2, 50, 50}, 2, 3, 1, 1}, 1},
        {{{48, 30, 31}, 20, 3, 1, 1}, 1},
    };
}

/// All results of a convolution, into memory that held no number before.
template <class B, class T>
struct results {
    std::vector<T> y, dx, dweights, dbias;

    results(B const& backend, convolution_case const& c, bool with_bias) {
        auto const [op, batch] = c;
        auto const n = static_cast<std::size_t>(batch);
        auto const x = samples<T>(n * op.in.size(), 1);
        auto const dy = samples<T>(n * op.out().size(), 2);
        auto const weights = samples<T>(op.weights(), 3);
        auto const bias = samples<T>(static_cast<std::size_t>(op.out_channels), 4);
        T const nothing = std::numeric_limits<T>::quiet_NaN();
        y.assign(dy.size(), nothing);
        dx.assign(x.size(), nothing);
        dweights.assign(weights.size(), nothing);
        dbias.assign(with_bias ? bias.size() : 0, nothing);
        typename B::execution run(backend);
        for (int repeat = 0; repeat < 2; ++repeat) { // the second run finds scratch memory in use
            test::convolve<typename B::execution, T>(run, op, batch, x.data(), weights.data(), with_bias ? bias.data() : nullptr, y.data());
            test::convolve_gradients<typename B::execution, T>(run, op, batch, x.data(), dy.data(), weights.data(), dx.data(),
                                                               dweights.data(), with_bias ? dbias.data() : nullptr);
        }
    }
};

} // namespace

using scalars = boost::mpl::list<float, double>;

BOOST_AUTO_TEST_CASE_TEMPLATE(convolution_agrees_with_reference, T, scalars) {
    double const tolerance = std::is_same_v<T, float> ? 2e-5 : 1e-12;
    bool with_bias = true;
    for (auto const& c : cases()) {
        BOOST_TEST_CONTEXT(name(c)) {
            results<backend::reference, T> const expected({}, c, with_bias);
            results<backend::eigen, T> const found({.threads = 2}, c, with_bias);
            BOOST_TEST(relative_difference(found.y, expected.y) < tolerance);
            BOOST_TEST(relative_difference(found.dx, expected.dx) < tolerance);
            BOOST_TEST(relative_difference(found.dweights, expected.dweights) < tolerance);
            BOOST_TEST(relative_difference(found.dbias, expected.dbias) < tolerance);
        }
        with_bias = !with_bias;
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(convolution_is_the_same_on_any_number_of_threads, T, scalars) {
    for (auto const& c : cases()) {
        BOOST_TEST_CONTEXT(name(c)) {
            results<backend::eigen, T> const one({.threads = 1}, c, true);
            for (int threads : {2, 3, 5}) {
                results<backend::eigen, T> const many({.threads = threads}, c, true);
                BOOST_TEST((one.y == many.y));
                BOOST_TEST((one.dx == many.dx));
                BOOST_TEST((one.dweights == many.dweights));
                BOOST_TEST((one.dbias == many.dbias));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
