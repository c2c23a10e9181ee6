// SPDX-License-Identifier: MIT
// The check that users hold their own layers to: it passes the library's layers and sees what is wrong with others.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/check/layer_gradients.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/layer/squeeze_excite.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>

BOOST_AUTO_TEST_SUITE(layer_gradient_check)

using namespace mcfa;

/// y = x^2 / 2 + b;  dx = `Factor` * x dy, and the gradient of b is written where `Learns`.
template <int Percent, bool Learns>
struct half_square {
    static constexpr std::string_view kind = "half_square";
    static constexpr shape output(shape in) { return in; }
    static constexpr auto parameters(shape) { return std::array{parameter_spec{"shift", parameter_role::bias, 1, {1, 1, 1, 1}}}; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        for (std::size_t i = 0; i < p.x.size(); ++i) p.y.data()[i] = p.x.data()[i] * p.x.data()[i] / 2 + p.learned[0];
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        T sum = 0;
        for (std::size_t i = 0; i < p.x.size(); ++i) {
            sum += p.dy.data()[i];
            p.dx.data()[i] = T(Percent) / 100 * p.x.data()[i] * p.dy.data()[i];
        }
        if (Learns) p.dlearned[0] = sum;
    }
};

using host_backends = std::tuple<backend::reference, backend::eigen>;

BOOST_AUTO_TEST_CASE_TEMPLATE(right_layers_pass, B, host_backends) {
    shape const in{4, 5, 6};
    BOOST_TEST((check::layer_gradients<half_square<100, true>, B>(in).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<conv<3>, B>(in).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<dense<7>, B>(shape{20, 1, 1}).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<batch_norm, B>(in).largest()) < 1e-6);
    BOOST_TEST((check::layer_gradients<batch_norm, B>(in, {.training = false}).input) < 1e-7);
    BOOST_TEST((check::layer_gradients<prelu, B>(in).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<dropout<30>, B>(in).largest()) < 1e-7);
    BOOST_TEST((check::layer_gradients<squeeze_excite<2>, B>(in).largest()) < 1e-7);
}

BOOST_AUTO_TEST_CASE(wrong_layers_are_seen) {
    auto const off = check::layer_gradients<half_square<90, true>, backend::reference>({4, 5, 6});
    BOOST_TEST(off.input > 0.05);
    BOOST_TEST(off.input < 0.15);
    BOOST_TEST(off.learned < 1e-7);
    auto const unwritten = check::layer_gradients<half_square<100, false>, backend::reference>({4, 5, 6});
    BOOST_TEST(unwritten.input < 1e-7);
    BOOST_TEST(unwritten.learned == std::numeric_limits<double>::infinity());
    BOOST_TEST(unwritten.tensor == "shift");
}

BOOST_AUTO_TEST_CASE(options_out_of_their_range_are_refused) {
    using layer = half_square<100, true>;
    BOOST_CHECK_THROW((check::layer_gradients<layer, backend::reference>({1, 1, 1}, {.batch = 0})), option_error);
    BOOST_CHECK_THROW((check::layer_gradients<layer, backend::reference>({1, 1, 1}, {.step = 0})), option_error);
    BOOST_CHECK_THROW((check::layer_gradients<layer, backend::reference>({1, 1, 1}, {.reach = -1})), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
