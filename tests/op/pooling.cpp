// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/pooling.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct pooling_subject {
    pooling op;
    int batch = 1;

    std::string name() const {
        return std::string(op.kind == pooling_kind::maximum ? "maximum" : "average") + " pooling of " + std::to_string(batch) + " x " +
               to_string(op.in) + ", window " + std::to_string(op.window_height) + "x" + std::to_string(op.window_width) + ", stride " +
               std::to_string(op.stride) + ", pad " + std::to_string(op.pad);
    }
    std::size_t size(shape s) const { return batch * s.size(); }
    template <class T>
    planes<T> of(shape s, T* data) const {
        return {data, batch, s.height, s.width, s.channels};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size(op.in))}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size(op.out()))}};
        compute(run, pooling_forward<T>{.op = op, .x = of(op.in, in.at("x").data()), .y = of(op.out(), out["y"].data())});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size(op.out()));
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size(op.in))}};
        compute(run,
                pooling_backward<T>{
                    .op = op, .x = of(op.in, in.at("x").data()), .dy = of(op.out(), dy.data()), .dx = of(op.in, gradients["x"].data())});
        return gradients;
    }
};

constexpr std::array kinds{pooling_kind::maximum, pooling_kind::average};

} // namespace

BOOST_AUTO_TEST_SUITE(pooling_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    for (auto const kind : kinds) {
        expect_gradients<B>(pooling_subject{{kind, {3, 6, 4}, 2, 2, 2, 0}, 2});
        expect_gradients<B>(pooling_subject{{kind, {2, 7, 5}, 2, 2, 2, 0}, 1});
        expect_gradients<B>(pooling_subject{{kind, {2, 7, 6}, 3, 3, 2, 1}, 2});
        expect_gradients<B>(pooling_subject{{kind, {2, 7, 6}, 2, 2, 2, 1}, 1});
        expect_gradients<B>(pooling_subject{{kind, {2, 8, 7}, 2, 1, 3, 0}, 1});
        expect_gradients<B>(pooling_subject{{kind, {5, 4, 6}, 4, 6, 1, 0}, 2});
        expect_gradients<B>(pooling_subject{{kind, {70, 3, 4}, 2, 3, 1, 1}, 1});
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    random_stream random{21};
    constexpr std::array channels{1, 3, 5, 8, 16, 17, 31, 33, 64};
    for (auto const kind : kinds)
        for (int const window : {1, 2, 3, 5})
            for (int const stride : {1, 2, 3})
                for (int pad = 0; pad <= window / 2; ++pad) {
                    shape const in{channels[random.below(channels.size())], window + static_cast<int>(random.below(16)),
                                   window + static_cast<int>(random.below(16))};
                    expect_agreement<B>(pooling_subject{{kind, in, window, window, stride, pad}, 1 + static_cast<int>(random.below(5))});
                }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("pooling")) {
        pooling const op{static_cast<pooling_kind>(g.integer("kind")),
                         {g.integer("channels"), g.integer("height"), g.integer("width")},
                         g.integer("window_height"),
                         g.integer("window_width"),
                         g.integer("stride"),
                         g.integer("pad")};
        expect_golden<B>(pooling_subject{op, g.integer("batch")}, g);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(first_of_equal_maxima_receives_the_gradient, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    tensors<float> const in{{"x", {1, 2, 2, 2}}};
    auto const apart = pooling_subject{{pooling_kind::maximum, {1, 2, 2}, 2, 2, 2, 0}, 1};
    BOOST_TEST((apart.template backward<float, B>(run, in, {}, {3.0f}).at("x")) == (std::vector<float>{0, 3, 0, 0}));
    auto const overlapping = pooling_subject{{pooling_kind::maximum, {1, 1, 4}, 1, 2, 1, 0}, 1};
    BOOST_TEST((overlapping.template backward<float, B>(run, in, {}, {3.0f, 5.0f, 7.0f}).at("x")) == (std::vector<float>{0, 8, 7, 0}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(not_a_number_is_the_maximum, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    auto const subject = pooling_subject{{pooling_kind::maximum, {1, 2, 2}, 2, 2, 2, 0}, 1};
    for (std::size_t place = 0; place < 4; ++place) {
        std::vector<float> x{1, 2, 3, 4};
        x[place] = std::numeric_limits<float>::quiet_NaN();
        BOOST_TEST(std::isnan(subject.template forward<float, B>(run, {{"x", x}}).at("y")[0]));
        std::vector<float> expected(4);
        expected[place] = 3;
        BOOST_TEST((subject.template backward<float, B>(run, {{"x", x}}, {}, {3.0f}).at("x")) == expected);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    for (auto const kind : kinds) {
        expect_same_on_any_number_of_threads<B>(pooling_subject{{kind, {17, 14, 10}, 2, 2, 2, 0}, 5});
        expect_same_on_any_number_of_threads<B>(pooling_subject{{kind, {70, 15, 9}, 3, 3, 2, 1}, 5});
    }
}

BOOST_AUTO_TEST_SUITE_END()
