// SPDX-License-Identifier: MIT
#include "backends.hpp"
#include "laws.hpp"

#include <mcfa/layer/squeeze_excite.hpp>
#include <mcfa/model/pass/layer_table.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(squeeze_excite_laws)

namespace {

template <int Ratio>
struct excitation {
    using layer = squeeze_excite<Ratio>;
    shape in;
    int batch = 1;

    std::string name() const { return "squeeze and excitation of " + std::to_string(batch) + " x " + to_string(in); }
    std::size_t size() const { return static_cast<std::size_t>(batch) * in.size(); }
    std::size_t learned() const {
        std::size_t count = 0;
        for (auto const& tensor : layer::parameters(in)) count += tensor.size();
        return count;
    }
    template <class T, class B>
    layer_pass<T, B> pass(typename B::execution& run, tensors<T> const& given) const {
        return {.run = run, .training = true, .x = batch_of(given.at("x").data(), batch, in), .learned = given.at("learned")};
    }

    template <class T>
    tensors<T> inputs() const {
        return {{"x", noise<T>(1, size())}, {"learned", noise<T>(2, learned())}};
    }
    template <class T, class B>
    tensors<T> forward(typename B::execution& run, tensors<T> const& given) const {
        tensors<T> out{{"y", poisoned<T>(size())}};
        auto p = pass<T, B>(run, given);
        p.y = batch_of(out["y"].data(), batch, in);
        layer_forward<layer>(p);
        return out;
    }
    template <class T>
    std::vector<T> cotangent() const {
        return noise<T>(3, size());
    }
    template <class T, class B>
    tensors<T> backward(typename B::execution& run, tensors<T> const& given, tensors<T> const&, std::vector<T> dy) const {
        tensors<T> gradients{{"x", poisoned<T>(size())}, {"learned", poisoned<T>(learned())}};
        auto p = pass<T, B>(run, given);
        p.dy = batch_of(dy.data(), batch, in);
        p.dx = batch_of(gradients["x"].data(), batch, in);
        p.dlearned = gradients["learned"];
        layer_backward<layer>(p);
        return gradients;
    }
};

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients, B, backends) {
    expect_gradients<B>(excitation<2>{{4, 3, 5}, 3});
    expect_gradients<B>(excitation<16>{{5, 4, 4}, 2});
    expect_gradients<B>(excitation<1>{{3, 1, 1}, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(agreement, B, backends) {
    for (int const batch : {1, 3})
        for (int const channels : {1, 8, 33, 64, 130}) expect_agreement<B>(excitation<4>{{channels, 7, 5}, batch});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(it_is_its_formula, B, backends) {
    B const backend{};
    typename B::execution run(backend);
    excitation<2> const subject{{4, 2, 3}, 2};
    auto const in = subject.template inputs<double>();
    auto const &x = in.at("x"), &w = in.at("learned");
    std::vector<double> expected(x.size());
    for (std::size_t n = 0; n < 2; ++n) {
        double mean[4]{}, inner[2]{};
        for (std::size_t p = 0; p < 6; ++p)
            for (std::size_t c = 0; c < 4; ++c) mean[c] += x[(n * 6 + p) * 4 + c] / 6;
        for (std::size_t i = 0; i < 2; ++i) {
            inner[i] = w[8 + i];
            for (std::size_t c = 0; c < 4; ++c) inner[i] += w[i * 4 + c] * mean[c];
            inner[i] = std::max(inner[i], 0.0);
        }
        for (std::size_t c = 0; c < 4; ++c) {
            double const z = w[10 + c * 2] * inner[0] + w[10 + c * 2 + 1] * inner[1] + w[18 + c];
            for (std::size_t p = 0; p < 6; ++p) expected[(n * 6 + p) * 4 + c] = x[(n * 6 + p) * 4 + c] / (1 + std::exp(-z));
        }
    }
    expect_close(subject.template forward<double, B>(run, in).at("y"), expected, 1e-14, subject.name());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(same_on_any_number_of_threads, B, threaded_backends) {
    expect_same_on_any_number_of_threads<B>(excitation<4>{{70, 21, 19}, 5});
}

BOOST_AUTO_TEST_SUITE_END()
