// SPDX-License-Identifier: MIT
#pragma once

#include "golden.hpp"
#include "tensors.hpp"

#include <mcfa/backend/reference.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

// A subject describes one operation at one size:
//     inputs<T>()                        the arrays it reads, filled
//     forward<T>(run, inputs)            the arrays it writes, poisoned beforehand
//     cotangent<T>()                     a gradient of its output `y`              } only where there
//     backward<T>(run, inputs, outputs, cotangent)    gradients by input name     } is a backward pass
//     name()                             for messages
// `run` is any backend's execution, and the laws below hold for every backend.
namespace mcfa::test {

template <class T>
inline constexpr double tolerance = 1e-12;
template <>
inline constexpr double tolerance<float> = 2e-5;

/// Every element within `allowed` times the largest expected one, or times 1/4 where sums of inputs near 1 cancel to less;
/// not a number never is.
template <class T, class U>
void expect_close(std::vector<T> const& found, std::vector<U> const& expected, double allowed, std::string const& what) {
    BOOST_TEST_REQUIRE(found.size() == expected.size(), what << ": " << found.size() << " values instead of " << expected.size());
    double scale = 0.25;
    for (U const value : expected) scale = std::max(scale, std::abs(static_cast<double>(value)));
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!(std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])) <= allowed * scale)) {
            BOOST_ERROR(what << ": value " << i << " is " << found[i] << " instead of " << expected[i] << " (scale " << scale << ")");
            return;
        }
    BOOST_TEST(true);
}

template <class T, class U>
void expect_close(tensors<T> const& found, tensors<U> const& expected, double allowed, std::string const& what) {
    for (auto const& [name, values] : expected) {
        BOOST_TEST_REQUIRE(found.count(name) == 1u, what << " has no " << name);
        expect_close(found.at(name), values, allowed, what + ", " + name);
    }
}

template <class Subject>
concept differentiable = requires(Subject const& subject) { subject.template cotangent<double>(); };

/// All outputs, then all gradients, of one subject on one backend.
template <class T, class B, class Subject>
std::vector<tensors<T>> results(B const& backend, Subject const& subject) {
    typename B::execution run(backend);
    auto const inputs = subject.template inputs<T>();
    std::vector<tensors<T>> found{subject.template forward<T, B>(run, inputs)};
    if constexpr (differentiable<Subject>)
        found.push_back(subject.template backward<T, B>(run, inputs, found[0], subject.template cotangent<T>()));
    return found;
}

/// The gradients of <cotangent, y> against central differences, in double.
template <class B, class Subject>
void expect_gradients(Subject const& subject, double allowed = 1e-7) {
    B const backend{};
    typename B::execution run(backend);
    auto inputs = subject.template inputs<double>();
    auto const cotangent = subject.template cotangent<double>();
    auto const outputs = subject.template forward<double, B>(run, inputs);
    auto const gradients = subject.template backward<double, B>(run, inputs, outputs, cotangent);
    auto const value = [&] {
        auto const y = subject.template forward<double, B>(run, inputs).at("y");
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += y[i] * cotangent[i];
        return sum;
    };
    for (auto const& [name, gradient] : gradients) {
        std::vector<double> differences;
        for (double& x : inputs.at(name)) {
            constexpr double step = 1e-5;
            double const before = x;
            x = before + step;
            double const above = value();
            x = before - step;
            double const below = value();
            x = before;
            differences.push_back((above - below) / (2 * step));
        }
        expect_close(gradient, differences, allowed, subject.name() + ", finite differences of " + name);
    }
}

/// The backend in float and double against the reference in double on the same inputs.
template <class B, class Subject>
void expect_agreement(Subject const& subject) {
    auto const expected = results<double>(backend::reference{}, subject);
    auto const found = results<double>(B{}, subject);
    auto const found_float = results<float>(B{}, subject);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expect_close(found[i], expected[i], tolerance<double>, subject.name() + ", double");
        expect_close(found_float[i], expected[i], tolerance<float>, subject.name() + ", float");
    }
}

/// Bit for bit the same outputs and gradients on 1, 2, 3 and 7 threads.
template <class B, class Subject>
void expect_same_on_any_number_of_threads(Subject const& subject) {
    auto const on = [&](int threads) {
        B backend;
        backend.threads = threads;
        return results<float>(backend, subject);
    };
    auto const expected = on(1);
    for (int const threads : {2, 3, 7}) BOOST_TEST((on(threads) == expected), subject.name() << " differs on " << threads << " threads");
}

/// A subject whose inputs and cotangent are those of a recorded case.
template <class T, class B, class Subject>
void expect_golden_in(Subject const& subject, golden const& recorded) {
    auto const as = [](std::vector<double> const& values) { return std::vector<T>(values.begin(), values.end()); };
    tensors<T> inputs;
    for (auto const& [name, values] : recorded.inputs) inputs[name] = as(values);
    B const backend{};
    typename B::execution run(backend);
    auto const outputs = subject.template forward<T, B>(run, inputs);
    expect_close(outputs, recorded.outputs, tolerance<T>, recorded.name);
    if constexpr (differentiable<Subject>)
        if (!recorded.cotangent.empty())
            expect_close(subject.template backward<T, B>(run, inputs, outputs, as(recorded.cotangent)), recorded.gradients, tolerance<T>,
                         recorded.name + ", gradients");
}

template <class B, class Subject>
void expect_golden(Subject const& subject, golden const& recorded) {
    expect_golden_in<float, B>(subject, recorded);
    expect_golden_in<double, B>(subject, recorded);
}

} // namespace mcfa::test
