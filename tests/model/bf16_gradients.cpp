// SPDX-License-Identifier: MIT
#include "gradient_probe.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/grouped_conv.hpp>
#include <mcfa/layer/squeeze_excite.hpp>
#include <mcfa/zoo/slim.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(gradients_in_bf16)

using namespace mcfa;
using namespace mcfa::test;
using plain = backend::eigen;
using narrow = backend::eigen_in<bf16>;

namespace {

/// Convolutions of groups, and layers around dense products.
struct grouped : stage<input<12>, conv<8>, relu, conv<8, conv_options{.groups = 2}>, batch_norm, relu, depthwise_conv<>, squeeze_excite<2>,
                       max_pool<2>, conv<12, conv_options{.kernel = 6, .pad = 0}>, relu, flatten, dense<6>> {};
struct grouped_net : cascade<tasks, grouped> {};

template <class Net, class T, class B>
model<Net, T, B> fresh(B const& backend) {
    model<Net, T, B> m{seed{3}, backend};
    if constexpr (Net::count != 3) disturb(m, 4);
    return m;
}
template <class Net, class T, class B>
std::vector<T> gradients(model<Net, T, B> const& m) {
    return probe<T, B>(m, noisy_batch<Net>(4, 9), 4).gradients();
}

/// |a - b| / |b|
template <class A, class B>
double relative_error(std::vector<A> const& a, std::vector<B> const& b) {
    double off = 0, norm = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        double const d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        off += d * d, norm += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return std::sqrt(off / norm);
}

} // namespace

/// How far they are off is a matter of the net: where weights in bfloat16 alone, all else in double, move the gradient by so much, products in
/// bfloat16 move it hardly more. In a net of many layers with weights as drawn that is a lot, because a sum near zero opens or closes a rectifier.
BOOST_AUTO_TEST_CASE_TEMPLATE(they_are_near_those_in_float, Net, decltype(std::tuple<tiny_net, odd_net, grouped_net, zoo::slim_net>{})) {
    auto m = fresh<Net, double>(backend::reference{});
    auto const exact = gradients(m);
    auto values = m.values();
    for (double& v : values) v = static_cast<float>(bfloat16(v));
    m.assign(values);
    double const by_weights = relative_error(gradients(m), exact);
    auto const wide = gradients(fresh<Net, float>(plain{1})), found = gradients(fresh<Net, float>(narrow{1}));
    double const off = relative_error(found, wide), least = relative_error(wide, exact);
    BOOST_TEST_MESSAGE("off by " << off << ", by rounded weights alone " << by_weights << ", in float " << least);
    BOOST_TEST(off < 2.5 * by_weights);
    BOOST_TEST(off < (Net::count == 3 ? 0.25 : 0.05));
    BOOST_TEST(off > 10 * least); // it did compute in another type
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_are_the_same_on_any_number_of_threads, Net,
                              decltype(std::tuple<tiny_net, grouped_net, zoo::slim_net>{})) {
    auto const expected = gradients(fresh<Net, float>(narrow{1}));
    for (int const threads : {2, 3, 7}) BOOST_TEST((gradients(fresh<Net, float>(narrow{threads})) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
