// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/rearrange.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct channels_first_subject {
    shape in;
    int batch = 1;

    std::string name() const { return "channels first of " + std::to_string(batch) + " x " + to_string(in); }
    std::size_t size() const { return batch * in.size(); }
    template <class T>
    planes<T> last(T* data) const {
        return {data, batch, in.height, in.width, in.channels};
    }
    template <class T>
    matrix<T> first(T* data) const {
        return {data, batch, in.size()};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& given) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        compute(run, channels_first<T>{.x = last(given.at("x").data()), .y = first(out["y"].data())});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}};
        compute(run, channels_last<T>{.dy = first(dy.data()), .dx = last(gradients["x"].data())});
        return gradients;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(rearrange_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) { expect_gradients<B>(channels_first_subject{{5, 3, 4}, 2}); }

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const channels : {1, 3, 16, 17, 64})
        for (int const batch : {1, 2, 5}) expect_agreement<B>(channels_first_subject{{channels, 7, 5}, batch});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("flatten"))
        expect_golden<B>(channels_first_subject{{g.integer("channels"), g.integer("height"), g.integer("width")}, g.integer("batch")}, g);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(columns_move_and_add, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    std::vector<float> const from{1, 2, 3, 4, 5, 6};
    std::vector<float> to{10, 11, 12, 13, 14, 15, 16, 17};
    column_copy<float> pass{.from = {from.data(), 2, 3}, .to = {to.data(), 2, 4}, .from_first = 1, .to_first = 2, .count = 2};
    compute(run, pass);
    BOOST_TEST(to == (std::vector<float>{10, 11, 2, 3, 14, 15, 5, 6}));
    pass.adds = true;
    compute(run, pass);
    BOOST_TEST(to == (std::vector<float>{10, 11, 4, 6, 14, 15, 10, 12}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(channels_first_subject{{33, 14, 10}, 5});
}

BOOST_AUTO_TEST_SUITE_END()
