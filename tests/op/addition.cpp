// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/addition.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(addition_laws)

namespace {

struct addition_subject {
    std::size_t values = 1;
    int batch = 1;

    std::string name() const { return "addition of " + std::to_string(batch) + " x " + std::to_string(values); }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, 1, values};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, batch * values)}, {"other", noise<T>(2, batch * values)}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(batch * values)}};
        compute(run, addition<T>{.x = of(in.at("x").data()), .other = of(in.at("other").data()), .y = of(out["y"].data())});
        return out;
    }
};

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (std::size_t const values : {1u, 5u, 64u, 9000u}) expect_agreement<B>(addition_subject{values, 3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sums_are_those_of_the_processor_in_place_too, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    addition_subject const subject{9000, 2};
    auto const in = subject.template inputs<float>();
    auto const &x = in.at("x"), &other = in.at("other");
    std::vector<float> expected;
    for (std::size_t i = 0; i < x.size(); ++i) expected.push_back(x[i] + other[i]);
    BOOST_TEST((subject.template forward<float, B>(run, in).at("y") == expected));
    auto over_x = x, over_other = other;
    compute(run, addition<float>{.x = subject.of(over_x.data()), .other = subject.of(other.data()), .y = subject.of(over_x.data())});
    compute(run, addition<float>{.x = subject.of(x.data()), .other = subject.of(over_other.data()), .y = subject.of(over_other.data())});
    BOOST_TEST((over_x == expected));
    BOOST_TEST((over_other == expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(addition_subject{20001, 3});
}

BOOST_AUTO_TEST_SUITE_END()
