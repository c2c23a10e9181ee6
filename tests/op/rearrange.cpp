// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/rearrange.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct to_planes_subject {
    to_planes op;
    int batch = 1;

    std::string name() const { return "planes of " + std::to_string(batch) + " x " + to_string(op.in); }
    std::size_t size() const { return static_cast<std::size_t>(batch) * op.in.size(); }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        kernel<to_planes, B>::forward(run, op, batch, in.at("x").data(), out["y"].data());
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}};
        kernel<to_planes, B>::backward(run, op, batch, dy.data(), gradients["x"].data());
        return gradients;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(rearrange_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) { expect_gradients<B>(to_planes_subject{{{5, 3, 4}}, 2}); }

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const channels : {1, 3, 16, 17, 64})
        for (int const batch : {1, 2, 5}) expect_agreement<B>(to_planes_subject{{{channels, 7, 5}}, batch});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("flatten"))
        expect_golden<B>(to_planes_subject{{{g.integer("channels"), g.integer("height"), g.integer("width")}}, g.integer("batch")}, g);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(columns_move_and_add, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    columns const op{2, 3, 1, 4, 2};
    std::vector<float> const from{1, 2, 3, 4, 5, 6};
    std::vector<float> to{10, 11, 12, 13, 14, 15, 16, 17};
    kernel<columns, B>::copy(run, op, 2, from.data(), to.data());
    BOOST_TEST(to == (std::vector<float>{10, 11, 2, 3, 14, 15, 5, 6}));
    kernel<columns, B>::add(run, op, 2, from.data(), to.data());
    BOOST_TEST(to == (std::vector<float>{10, 11, 4, 6, 14, 15, 10, 12}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(to_planes_subject{{{33, 14, 10}}, 5});
}

BOOST_AUTO_TEST_SUITE_END()
