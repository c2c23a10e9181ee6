// SPDX-License-Identifier: MIT
#include "convolution_subject.hpp"
#include "dense_subject.hpp"
#include "emulated_tiles.hpp"
#include "laws.hpp"
#include "unit_subject.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Passes whose products are in bfloat16 against the reference in double: on factors that bfloat16 holds they are as exact as those in float, and on
// others they are off by the rounding of both factors, at most 2^-9 of each, which sums average.
BOOST_AUTO_TEST_SUITE(bf16_product_laws)

using namespace mcfa;
using namespace mcfa::test;
using narrow = backend::eigen_in<bf16>;

namespace {

constexpr double allowed = 0.012;

/// A subject whose factors are numbers of bfloat16.
template <class Subject>
struct rounded : Subject {
    template <class T>
    static std::vector<T> as_bfloat16(std::vector<T> values) {
        for (T& v : values) v = static_cast<T>(static_cast<float>(bfloat16(v)));
        return values;
    }
    template <class T>
    tensors<T> inputs() const {
        auto all = Subject::template inputs<T>();
        for (auto& [name, values] : all) values = as_bfloat16(std::move(values));
        return all;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return as_bfloat16(Subject::template cotangent<T>());
    }
};

template <class Subject>
void expect_agreement_on_factors(Subject const& subject) {
    auto const expected = results<double>(backend::reference{}, subject);
    auto const found = results<float>(narrow{}, subject);
    for (std::size_t i = 0; i < expected.size(); ++i) expect_close(found[i], expected[i], tolerance<float>, subject.name() + ", bf16");
}

/// Windows of every size, planes of odd sides and one pixel, channels that fill pairs and vectors and such that do not, and sums that are cut into
/// bands, pieces of the batch and splits of the channels.
std::vector<convolution_subject> convolutions() {
    std::vector<convolution_subject> all;
    for (convolution const& op : {convolution{{1, 3, 3}, 1, 3, 1, 1},
                                  {{3, 23, 21}, 20, 7, 3, 3},
                                  {{3, 64, 64}, 8, 3, 1, 1},
                                  {{16, 9, 11}, 16, 3, 1, 1},
                                  {{5, 7, 6}, 13, 3, 1, 1},
                                  {{33, 6, 6}, 31, 3, 1, 1},
                                  {{8, 7, 7}, 9, 7, 1, 0},
                                  {{5, 9, 9}, 6, 5, 1, 2},
                                  {{4, 6, 7}, 5, 1, 1, 1},
                                  {{6, 11, 12}, 10, 3, 2, 0},
                                  {{6, 11, 12}, 10, 1, 2, 0},
                                  {{6, 11, 12}, 10, 2, 3, 1},
                                  {{4, 9, 9}, 8, 2, 2, 0},
                                  {{4, 5, 5}, 8, 3, 1, 4},
                                  {{4, 6, 5}, 8, 3, 3, 3},
                                  {{64, 1, 1}, 24, 1, 1, 0},
                                  {{2, 1, 40}, 3, 3, 1, 1},
                                  {{2, 120, 130}, 70, 3, 1, 1},
                                  {{70, 5, 5}, 130, 3, 1, 1},
                                  {{37, 30, 31}, 140, 1, 1, 0}})
        for (int const batch : {1, 5})
            if (convolution_subject const subject{op, batch, batch == 1}; subject.products() < 3e7) all.push_back(subject);
    all.push_back({{{24, 4, 4}, 48, 3, 1, 1}, 67});
    return all;
}

/// And maxima in more than one band.
std::vector<unit_subject> units() {
    auto all = unit_subjects();
    all.push_back({{{{16, 75, 80}, 5, 3, 1, 1}, true, true}, 2, true, 3, {}});
    return all;
}

std::vector<dense_subject> dense_products() {
    std::vector<dense_subject> all;
    for (int const batch : {1, 2, 33})
        for (int const in : {1, 3, 17, 64, 300})
            for (int const out : {1, 10, 33, 170}) all.push_back({{in, out}, batch, in != 3});
    all.push_back({{18, 5}, 1100});
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(convolutions_agree_on_factors_of_bfloat16) {
    for (auto const& subject : convolutions()) expect_agreement_on_factors(rounded<convolution_subject>{subject});
}
BOOST_AUTO_TEST_CASE(units_agree_on_factors_of_bfloat16) {
    for (auto const& subject : units()) expect_agreement_on_factors(rounded<unit_subject>{subject});
}
BOOST_AUTO_TEST_CASE(dense_products_agree_on_factors_of_bfloat16) {
    for (auto const& subject : dense_products()) expect_agreement_on_factors(rounded<dense_subject>{subject});
}

/// And differ from float, so that it is bfloat16 that computes.
BOOST_AUTO_TEST_CASE(other_factors_are_rounded) {
    auto const expect_rounding = [](auto const& subject) {
        auto const expected = results<double>(backend::reference{}, subject);
        auto const found = results<float>(narrow{}, subject);
        for (std::size_t i = 0; i < expected.size(); ++i)
            for (auto const& [name, values] : expected[i]) {
                auto const& here = found[i].at(name);
                expect_close(here, values, name == "bias" ? tolerance<float> : allowed, subject.name() + ", bf16, " + name);
                if (name == "bias") continue; // a sum, of no products
                double largest = 0, furthest = 0;
                for (std::size_t k = 0; k < values.size(); ++k) {
                    largest = std::max(largest, std::abs(values[k]));
                    furthest = std::max(furthest, std::abs(here[k] - values[k]));
                }
                BOOST_TEST(furthest > 1e-4 * largest, subject.name() << ", " << name << " is not rounded");
            }
    };
    for (auto const& subject : convolutions())
        if (subject.products() > 1e4) expect_rounding(subject);
    for (auto const& subject : dense_products())
        if (subject.op.in > 10 && subject.batch > 2 && subject.op.out > 10) expect_rounding(subject);
}

/// Padding is zero whatever passes before have left in scratch memory: not a number times zero would be none.
BOOST_AUTO_TEST_CASE(what_passes_before_left_behind_changes_nothing) {
    auto const all = [](narrow::execution& run, auto const& subject, bool poison) {
        auto in = subject.template inputs<float>();
        auto dy = subject.template cotangent<float>();
        if (poison) dy = poisoned<float>(dy.size());
        for (auto& [name, values] : in)
            if (poison) values = poisoned<float>(values.size());
        std::vector<tensors<float>> found{subject.template forward<float, narrow>(run, in)};
        found.push_back(subject.template backward<float, narrow>(run, in, found[0], dy));
        return found;
    };
    auto const expect_same = [&](auto const& subject) {
        narrow::execution fresh{narrow{1}}, used{narrow{1}};
        all(used, convolution_subject{{{32, 24, 24}, 32, 3, 1, 1}, 1}, true); // of another layout
        all(used, subject, true);
        BOOST_TEST((all(used, subject, false) == all(fresh, subject, false)), subject.name());
    };
    for (auto const& subject : convolutions()) expect_same(subject);
    for (auto const& subject : units()) expect_same(subject);
    for (auto const& subject : dense_products()) expect_same(subject);
}

/// By tiles a pass adds the same products in another order.
BOOST_AUTO_TEST_CASE(correlations_in_tiles_are_those_in_registers) {
    using namespace backend::eigen_engine;
    for (auto const& subject : convolutions()) {
        if (has_one_window(subject.op)) continue;
        auto const in = subject.inputs<float>();
        auto const dy = subject.cotangent<float>();
        auto const compare = [&](correlation const& c, bool gradient, std::vector<float> const& values, shape given) {
            narrow::execution run{narrow{1}}, shared{narrow{3}};
            epilogue<float> end{};
            if (!gradient && in.count("bias")) end.bias = pack_bias(run, subject.op.out_channels, in.at("bias").data());
            std::vector<float> expected(subject.batch * c.out.size(), -9.0f), found = expected, by_three = expected;
            bfloat16 const* const packed = rounded_window(run, c, gradient, in.at("weights").data());
            correlate_rounded(run, c, subject.batch, plain_source(given, values.data()), packed, end, expected.data());
            correlate_rounded<emulated_tiles>(run, c, subject.batch, plain_source(given, values.data()), packed, end, found.data());
            correlate_rounded<emulated_tiles>(shared, c, subject.batch, plain_source(given, values.data()), packed, end, by_three.data());
            expect_close(found, std::vector<double>(expected.begin(), expected.end()), tolerance<float>, subject.name() + ", in tiles");
            BOOST_TEST((found == by_three), subject.name() << ", in tiles on 3 threads");
        };
        compare(forward_correlation(subject.op), false, in.at("x"), subject.op.in);
        compare(input_gradient_correlation(subject.op), true, dy, subject.op.out());
    }
}

BOOST_AUTO_TEST_CASE(same_on_any_number_of_threads) {
    for (auto const& subject : convolutions()) expect_same_on_any_number_of_threads<narrow>(subject);
    for (auto const& subject : units()) expect_same_on_any_number_of_threads<narrow>(subject);
    for (auto const& subject : dense_products()) expect_same_on_any_number_of_threads<narrow>(subject);
}

BOOST_AUTO_TEST_SUITE_END()
