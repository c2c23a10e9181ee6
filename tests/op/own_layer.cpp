// SPDX-License-Identifier: MIT
// Layers as a user of the library writes them: one as an Eigen expression, one in plain loops that learns, one by an operation that is there.
#include "laws.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen/map.hpp>
#include <mcfa/cascade/stage.hpp>
#include <mcfa/check/layer_gradients.hpp>
#include <mcfa/model/pass/layer_table.hpp>
#include <mcfa/op/pooling.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <tuple>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// y = x / (1 + |x|);  dx = dy / (1 + |x|)^2.
struct softsign {
    static constexpr std::string_view kind = "softsign";
    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        map(p.y).array() = map(p.x).array() / (1 + map(p.x).array().abs());
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (!p.dx.empty()) map(p.dx).array() = map(p.dy).array() / (1 + map(p.x).array().abs()).square();
    }
};
static_assert(layer<softsign> && stage_element<softsign>);

/// y = s x;  ds = sum of dy x over a channel's values, dx = s dy.
struct gain {
    static constexpr std::string_view kind = "gain";
    static constexpr shape output(shape in) { return in; }
    static constexpr auto parameters(shape in) {
        return std::array{parameter_spec{"weight", parameter_role::bias, 1, {in.channels, 1, 1, 1}, 0, 1}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        for (std::size_t i = 0; i < p.x.size(); ++i) p.y.data()[i] = p.learned[i % p.learned.size()] * p.x.data()[i];
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        std::fill(p.dlearned.begin(), p.dlearned.end(), T(0));
        for (std::size_t i = 0; i < p.x.size(); ++i) {
            std::size_t const c = i % p.learned.size();
            p.dlearned[c] += p.dy.data()[i] * p.x.data()[i];
            if (!p.dx.empty()) p.dx.data()[i] = p.learned[c] * p.dy.data()[i];
        }
    }
};
static_assert(layer<gain> && stage_element<gain>);

struct global_max_pool {
    static constexpr std::string_view kind = "global_max_pool";
    static constexpr pooling op(shape in) { return {pooling_kind::maximum, in, in.height, in.width, 1, 0}; }
    static constexpr shape output(shape in) { return op(in).out(); }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return pooling_forward<T>{.op = op(p.in()), .x = p.x, .y = p.y};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return pooling_backward<T>{.op = op(p.in()), .x = p.x, .dy = p.dy, .dx = p.dx};
    }
};
static_assert(layer<global_max_pool> && stage_element<global_max_pool>);

/// A layer without parameters, run as a net runs it.
template <class Layer>
struct layer_subject {
    shape in;
    int batch = 1;

    std::string name() const { return std::string(Layer::kind) + " of " + std::to_string(batch) + " x " + to_string(in); }
    shape out() const { return Layer::output(in); }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, batch * in.size(), -3, 3)}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& given) const {
        tensors<T> result{{"y", poisoned<T>(batch * out().size())}};
        auto x = given.at("x");
        layer_forward<Layer>(
            layer_pass<T, B>{.run = run, .x = batch_of(x.data(), batch, in), .y = batch_of(result["y"].data(), batch, out())});
        return result;
    }
};

using host_backends = std::tuple<backend::reference, backend::eigen>;

/// A pass that says when it is computed.
struct counted_pass {
    int* times;
};

/// A layer whose backward returns that pass.
struct counted_layer {
    static constexpr std::string_view kind = "counted_layer";
    static constexpr shape output(shape in) { return in; }
    static inline int times = 0;

    template <class T, class B>
    static void forward(layer_pass<T, B> const&) {}
    template <class T, class B>
    static auto backward(layer_pass<T, B> const&) {
        return counted_pass{&times};
    }
};

template <class Backend>
struct counted_kernel {
    static void run(typename Backend::execution&, counted_pass const& p) { ++*p.times; }
};

} // namespace

template <>
struct mcfa::kernel<counted_pass, mcfa::backend::reference> : counted_kernel<mcfa::backend::reference> {};
template <>
struct mcfa::kernel<counted_pass, mcfa::backend::eigen> : counted_kernel<mcfa::backend::eigen> {};

BOOST_AUTO_TEST_SUITE(own_layers)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, host_backends) {
    BOOST_TEST((check::layer_gradients<softsign, B>({3, 4, 5}, {.reach = 3}).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<gain, B>({3, 4, 5}, {.reach = 3}).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<global_max_pool, B>({3, 4, 5}, {.reach = 3}).largest()) < 1e-7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(softsign_is_its_formula, B, host_backends) {
    B const backend{};
    typename B::execution run(backend);
    layer_subject<softsign> const subject{{2, 3, 4}, 2};
    auto const in = subject.template inputs<double>();
    std::vector<double> expected;
    for (double const x : in.at("x")) expected.push_back(x / (1 + std::abs(x)));
    expect_close(subject.template forward<double, B>(run, in).at("y"), expected, 1e-14, "softsign");
}

// What returns a pass is computed where something needs it, and only there.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_returned_backward_pass_is_left_out_where_nothing_needs_it, B, host_backends) {
    B const backend{};
    typename B::execution run(backend);
    counted_layer::times = 0;
    layer_backward<counted_layer>(layer_pass<float, B>{.run = run});
    BOOST_TEST(counted_layer::times == 0);
    std::vector<float> dx(6);
    layer_backward<counted_layer>(layer_pass<float, B>{.run = run, .dx = batch_of(dx.data(), 1, shape{1, 2, 3})});
    BOOST_TEST(counted_layer::times == 1);
}

BOOST_AUTO_TEST_SUITE_END()
