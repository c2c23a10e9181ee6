// SPDX-License-Identifier: MIT
#include "samples.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace mcfa;
using test::relative_difference;
using test::samples;

BOOST_AUTO_TEST_SUITE(backend_dense)

namespace {

struct dense_case {
    dense_product op;
    int batch;
};

std::vector<dense_case> cases() {
    return {{{1, 1}, 1},    {{5, 3}, 1},   {{64, 16}, 1},  {{17, 33}, 2},   {{100, 7}, 3}, {{31, 200}, 4},
            {{256, 40}, 5}, {{63, 65}, 8}, {{128, 96}, 9}, {{130, 19}, 32}, {{16, 1}, 33}, {{2, 130}, 31}};
}

template <class B, class T>
struct results {
    std::vector<T> y, dx, dweights, dbias;

    results(B const& backend, dense_case const& c, bool with_bias) {
        auto const [op, batch] = c;
        auto const n = static_cast<std::size_t>(batch);
        auto const x = samples<T>(n * static_cast<std::size_t>(op.in), 1);
        auto const dy = samples<T>(n * static_cast<std::size_t>(op.out), 2);
        auto const weights = samples<T>(op.weights(), 3);
        auto const bias = samples<T>(static_cast<std::size_t>(op.out), 4);
        T const nothing = std::numeric_limits<T>::quiet_NaN();
        y.assign(dy.size(), nothing);
        dx.assign(x.size(), nothing);
        dweights.assign(weights.size(), nothing);
        dbias.assign(with_bias ? bias.size() : 0, nothing);
        typename B::execution run(backend);
        matrix<T const> const rows_of_x{x.data(), batch, op.in}, rows_of_dy{dy.data(), batch, op.out},
            rows_of_weights{weights.data(), op.out, op.in};
        compute(run, dense_forward<T>{.x = rows_of_x,
                                      .weights = rows_of_weights,
                                      .bias = with_bias ? row<T const>{bias} : row<T const>{},
                                      .y = {y.data(), batch, op.out}});
        compute(run, dense_input_gradient<T>{.dy = rows_of_dy, .weights = rows_of_weights, .dx = {dx.data(), batch, op.in}});
        compute(run, dense_weight_gradient<T>{.x = rows_of_x,
                                              .dy = rows_of_dy,
                                              .dweights = {dweights.data(), op.out, op.in},
                                              .dbias = with_bias ? row<T>{dbias} : row<T>{}});
    }
};

} // namespace

using scalars = boost::mpl::list<float, double>;

BOOST_AUTO_TEST_CASE_TEMPLATE(dense_product_agrees_with_reference, T, scalars) {
    double const tolerance = std::is_same_v<T, float> ? 1e-5 : 1e-13;
    for (bool with_bias : {true, false})
        for (auto const& c : cases()) {
            BOOST_TEST_CONTEXT(c.op.in << " to " << c.op.out << " batch " << c.batch) {
                results<backend::reference, T> const expected({}, c, with_bias);
                results<backend::eigen, T> const found({.threads = 2}, c, with_bias);
                BOOST_TEST(relative_difference(found.y, expected.y) < tolerance);
                BOOST_TEST(relative_difference(found.dx, expected.dx) < tolerance);
                BOOST_TEST(relative_difference(found.dweights, expected.dweights) < tolerance);
                BOOST_TEST(relative_difference(found.dbias, expected.dbias) < tolerance);
            }
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(dense_product_is_the_same_on_any_number_of_threads, T, scalars) {
    for (auto const& c : cases()) {
        results<backend::eigen, T> const one({.threads = 1}, c, true);
        results<backend::eigen, T> const many({.threads = 3}, c, true);
        BOOST_TEST((one.y == many.y));
        BOOST_TEST((one.dx == many.dx));
        BOOST_TEST((one.dweights == many.dweights));
        BOOST_TEST((one.dbias == many.dbias));
    }
}

// Eigen computes the smallest products coefficient by coefficient, in vectors that begin where the destination is aligned: EIGEN_GEMM_TO_COEFFBASED_THRESHOLD
// of the target mcfa::eigen keeps it from that, or a result's last bits would depend on its address.
BOOST_AUTO_TEST_CASE_TEMPLATE(dense_product_is_the_same_wherever_its_result_lies, T, scalars) {
    constexpr std::size_t one_vector = 64 / sizeof(T);
    for (int batch : {1, 2, 3, 5})
        for (int in : {1, 2, 3, 5, 8, 12})
            for (int out : {1, 3, 5, 7, 10}) {
                auto const x = samples<T>(static_cast<std::size_t>(batch * in), 1),
                           dy = samples<T>(static_cast<std::size_t>(batch * out), 2),
                           weights = samples<T>(static_cast<std::size_t>(in * out), 3);
                auto const products = [&](std::size_t offset) {
                    aligned_buffer<T> memory(static_cast<std::size_t>(batch * in + batch * out + in * out) + 4 * one_vector);
                    auto place = [&, used = std::size_t{0}](std::size_t count) mutable {
                        T* const start = memory.data() + used + offset;
                        used += (count + one_vector - 1) / one_vector * one_vector;
                        return start;
                    };
                    matrix<T> const y{place(dy.size()), batch, out}, dx{place(x.size()), batch, in},
                        dweights{place(weights.size()), out, in};
                    backend::eigen::execution run(backend::eigen{.threads = 1});
                    compute(run, dense_forward<T>{.x = {x.data(), batch, in}, .weights = {weights.data(), out, in}, .bias = {}, .y = y});
                    compute(run, dense_input_gradient<T>{.dy = {dy.data(), batch, out}, .weights = {weights.data(), out, in}, .dx = dx});
                    compute(run, dense_weight_gradient<T>{
                                     .x = {x.data(), batch, in}, .dy = {dy.data(), batch, out}, .dweights = dweights, .dbias = {}});
                    std::vector<T> all(y.data(), y.data() + dy.size());
                    all.insert(all.end(), dx.data(), dx.data() + x.size());
                    all.insert(all.end(), dweights.data(), dweights.data() + weights.size());
                    return all;
                };
                BOOST_TEST_CONTEXT(in << " to " << out << " batch " << batch) {
                    auto const aligned = products(0);
                    for (std::size_t offset = 1; offset < one_vector; ++offset) BOOST_TEST((products(offset) == aligned));
                }
            }
}

BOOST_AUTO_TEST_SUITE_END()
