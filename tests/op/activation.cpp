// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/op/activation.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using namespace mcfa;
using namespace mcfa::test;

namespace {

struct rectifier_subject {
    std::size_t values = 1;
    int batch = 1;

    std::string name() const { return "rectifier of " + std::to_string(batch) + " x " + std::to_string(values); }
    std::size_t size() const { return batch * values; }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, 1, values};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        compute(run, rectifier_forward<T>{.x = of(in.at("x").data()), .y = of(out["y"].data())});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const& out, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}};
        compute(run, rectifier_backward<T>{.y = of(out.at("y").data()), .dy = of(dy.data()), .dx = of(gradients["x"].data())});
        return gradients;
    }
};

struct parametric_rectifier_subject {
    int channels = 1;
    int pixels = 1;
    int batch = 1;

    std::string name() const {
        return "parametric rectifier of " + std::to_string(batch) + " x " + std::to_string(pixels) + " x " + std::to_string(channels);
    }
    std::size_t size() const { return std::size_t(batch) * pixels * channels; }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, pixels, channels};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}, {"slope", noise<T>(2, std::size_t(channels))}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        compute(run, parametric_rectifier_forward<T>{.x = of(in.at("x").data()), .slope = in.at("slope"), .y = of(out["y"].data())});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(3, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}, {"slope", poisoned<T>(std::size_t(channels))}};
        compute(run, parametric_rectifier_backward<T>{.x = of(in.at("x").data()),
                                                      .dy = of(dy.data()),
                                                      .slope = in.at("slope"),
                                                      .dx = of(gradients["x"].data()),
                                                      .dslope = gradients["slope"]});
        return gradients;
    }
};

struct activation_subject {
    activation_kind kind;
    std::size_t values = 1;
    int batch = 1;

    std::string name() const {
        return "activation " + std::to_string(static_cast<int>(kind)) + " of " + std::to_string(batch) + " x " + std::to_string(values);
    }
    std::size_t size() const { return batch * values; }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, 1, values};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size(), -5, 5)}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        compute(run, activation_forward<T>{.x = of(in.at("x").data()), .y = of(out["y"].data()), .kind = kind});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& in, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}};
        compute(run,
                activation_backward<T>{.x = of(in.at("x").data()), .dy = of(dy.data()), .dx = of(gradients["x"].data()), .kind = kind});
        return gradients;
    }
};

constexpr std::array activation_kinds{activation_kind::sigmoid, activation_kind::swish, activation_kind::hard_swish, activation_kind::gelu};

struct dropout_subject {
    std::size_t values = 1;
    double rate = 0.5;
    int batch = 1;
    std::uint64_t key = 5;

    std::string name() const { return "dropout of " + std::to_string(batch) + " x " + std::to_string(values); }
    std::size_t size() const { return batch * values; }
    template <class T>
    planes<T> of(T* data) const {
        return {data, batch, 1, 1, values};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& in) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        compute(run, dropout_mask<T>{.x = of(in.at("x").data()), .y = of(out["y"].data()), .rate = rate, .key = key});
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(2, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const&, tensors<T> const&, std::vector<T> const& dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}};
        compute(run, dropout_mask<T>{.x = of(dy.data()), .y = of(gradients["x"].data()), .rate = rate, .key = key});
        return gradients;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(activation_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(rectifier_subject{37, 2});
    expect_gradients<B>(parametric_rectifier_subject{5, 7, 3});
    expect_gradients<B>(dropout_subject{50, 0.3, 2});
    for (auto const kind : activation_kinds) expect_gradients<B>(activation_subject{kind, 37, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 2, 5}) {
        for (std::size_t const size : {1u, 17u, 9001u}) {
            expect_agreement<B>(rectifier_subject{size, batch});
            expect_agreement<B>(dropout_subject{size, 0.5, batch});
            for (auto const kind : activation_kinds) expect_agreement<B>(activation_subject{kind, size, batch});
        }
        for (int const channels : {1, 3, 5, 8, 16, 17, 31, 33, 64})
            for (int const pixels : {1, 9, 400}) expect_agreement<B>(parametric_rectifier_subject{channels, pixels, batch});
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(goldens, B, backends) {
    for (auto const& g : read_golden("rectifier"))
        expect_golden<B>(rectifier_subject{static_cast<std::size_t>(g.integer("size")), g.integer("batch")}, g);
    for (auto const& g : read_golden("parametric_rectifier"))
        expect_golden<B>(parametric_rectifier_subject{g.integer("channels"), g.integer("pixels"), g.integer("batch")}, g);
    for (auto const& g : read_golden("dropout"))
        expect_golden<B>(dropout_subject{static_cast<std::size_t>(g.integer("size")), g.number("rate"), g.integer("batch"),
                                         static_cast<std::uint64_t>(g.integer("key"))},
                         g);
}

// At points where the functions are known from tables or by hand; far out they are 0, 1 or x.
BOOST_AUTO_TEST_CASE_TEMPLATE(activations_are_their_formulas, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    tensors<double> const in{{"x", {-1e3, -3, -1, 0, 1, 2, 3, 1e3}}};
    std::vector<std::vector<double>> const expected{
        {0, 0.047425873177566781, 0.26894142136999512, 0.5, 0.73105857863000488, 0.88079707797788243, 0.95257412682243322, 1},
        {0, -0.14227761953270035, -0.26894142136999512, 0, 0.73105857863000488, 1.7615941559557649, 2.8577223804672997, 1e3},
        {0, 0, -1. / 3, 0, 2. / 3, 5. / 3, 3, 1e3},
        {0, -0.0040496940948900745, -0.15865525393145705, 0, 0.84134474606854295, 1.954499736103642, 2.99595030590511, 1e3}};
    for (std::size_t k = 0; k < expected.size(); ++k) {
        activation_subject const subject{activation_kinds[k], 8};
        auto const y = subject.template forward<double, B>(run, in).at("y");
        for (std::size_t i = 0; i < y.size(); ++i)
            BOOST_TEST(std::abs(y[i] - expected[k][i]) <= 1e-14 * std::max(1.0, std::abs(expected[k][i])),
                       subject.name() << " at " << in.at("x")[i] << ": " << y[i]);
        auto const dx = subject.template backward<double, B>(run, in, {}, std::vector<double>(8, 2)).at("x");
        BOOST_TEST(dx.front() == 0);
        BOOST_TEST(dx.back() == (k == 0 ? 0 : 2));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(in_place, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    auto const x = noise<float>(1, 300);
    auto const dy = noise<float>(2, 300);
    auto const slope = noise<float>(3, 30);
    tensors<float> const in{{"x", x}, {"slope", slope}};

    rectifier_subject const plain{100, 3};
    auto const y = plain.template forward<float, B>(run, in);
    auto y_in_place = x;
    compute(run, rectifier_forward<float>{.x = plain.of(y_in_place.data()), .y = plain.of(y_in_place.data())});
    BOOST_TEST(y_in_place == y.at("y"));
    auto dx = dy;
    compute(run, rectifier_backward<float>{.y = plain.of(y_in_place.data()), .dy = plain.of(dx.data()), .dx = plain.of(dx.data())});
    BOOST_TEST(dx == (plain.template backward<float, B>(run, in, y, dy).at("x")));

    parametric_rectifier_subject const sloped{30, 5, 2};
    auto const expected = sloped.template backward<float, B>(run, in, {}, dy);
    dx = dy;
    std::vector<float> dslope(30);
    compute(run, parametric_rectifier_backward<float>{
                     .x = sloped.of(x.data()), .dy = sloped.of(dx.data()), .slope = slope, .dx = sloped.of(dx.data()), .dslope = dslope});
    BOOST_TEST(dx == expected.at("x"));
    BOOST_TEST(dslope == expected.at("slope"));

    for (auto const kind : activation_kinds) {
        activation_subject const function{kind, 100, 3};
        auto z = x;
        compute(run, activation_forward<float>{.x = function.of(z.data()), .y = function.of(z.data()), .kind = kind});
        BOOST_TEST(z == (function.template forward<float, B>(run, in).at("y")));
        dx = dy;
        compute(run, activation_backward<float>{
                         .x = function.of(x.data()), .dy = function.of(dx.data()), .dx = function.of(dx.data()), .kind = kind});
        BOOST_TEST(dx == (function.template backward<float, B>(run, in, {}, dy).at("x")));
    }

    dropout_subject const dropout{100, 0.5, 3};
    auto dropped = x;
    compute(run, dropout_mask<float>{
                     .x = dropout.of(dropped.data()), .y = dropout.of(dropped.data()), .rate = dropout.rate, .key = dropout.key});
    BOOST_TEST(dropped == (dropout.template forward<float, B>(run, in).at("y")));
}

// Training finds a divergence by it.
BOOST_AUTO_TEST_CASE_TEMPLATE(not_a_number_passes_through, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    std::vector<float> const x = poisoned<float>(40);
    tensors<float> const in{{"x", x}, {"slope", noise<float>(3, 4)}};
    auto const plain = rectifier_subject{20, 2}.template forward<float, B>(run, in);
    for (float const y : plain.at("y")) BOOST_TEST(std::isnan(y));
    auto const sloped = parametric_rectifier_subject{4, 5, 2}.template forward<float, B>(run, in);
    for (float const y : sloped.at("y")) BOOST_TEST(std::isnan(y));
    for (auto const kind : activation_kinds) {
        auto const activated = activation_subject{kind, 20, 2}.template forward<float, B>(run, in);
        for (float const y : activated.at("y")) BOOST_TEST(std::isnan(y));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(dropout_drops_its_share, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    tensors<float> const in{{"x", std::vector<float>(40000, 1.0f)}};
    auto const y = dropout_subject{20000, 0.25, 2}.template forward<float, B>(run, in).at("y");
    auto const dropped = std::count(y.begin(), y.end(), 0.0f);
    BOOST_TEST(dropped > 9600);
    BOOST_TEST(dropped < 10400);
    BOOST_TEST(std::count(y.begin(), y.end(), static_cast<float>(1 / 0.75)) == 40000 - dropped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(rectifier_subject{10007, 5});
    expect_same_on_any_number_of_threads<B>(parametric_rectifier_subject{17, 3001, 5});
    expect_same_on_any_number_of_threads<B>(dropout_subject{10007, 0.5, 5});
    for (auto const kind : activation_kinds) expect_same_on_any_number_of_threads<B>(activation_subject{kind, 10007, 5});
}

BOOST_AUTO_TEST_SUITE_END()
