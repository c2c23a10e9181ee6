// SPDX-License-Identifier: MIT
#pragma once

#include "tiny_net.hpp"

#include <mcfa/backend/reference.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::test {

/// Of random numbers.
inline constexpr std::uint64_t probe_key = 77;

/// A scalar function of all logits of the chosen stages, linear with noise as coefficients, so that it is its own gradient.
template <class T, class B>
struct probe {
    basic_model<T, B> const& m;
    workspace<T, B> w;
    std::size_t batch;
    std::vector<std::vector<T>> coefficients;
    std::vector<T> measured;
    part_rates rates;

    probe(basic_model<T, B> const& m, std::vector<array<float, 4>> const& windows, std::size_t batch, part_rates given = {})
        : m(m), w(m, batch, purpose::training), batch(batch), measured(m.net().statistics), rates(std::move(given)) {
        load_all(w, windows, batch);
        random_stream random{5};
        for (std::size_t j = 0; j < windows.size(); ++j) {
            coefficients.emplace_back(batch * static_cast<std::size_t>(m.net().logits));
            for (T& c : coefficients.back()) c = static_cast<T>(static_cast<float>(random.uniform(-1, 1)));
        }
    }
    void forward() {
        for (std::size_t j = 0; j < coefficients.size(); ++j) forward_stage_training(m, w, j, batch, probe_key, measured.data(), rates);
    }
    double value() {
        forward();
        double sum = 0;
        for (std::size_t j = 0; j < coefficients.size(); ++j)
            for (std::size_t i = 0; i < coefficients[j].size(); ++i) sum += static_cast<double>(coefficients[j][i] * w.logits(j)[i]);
        return sum;
    }
    std::vector<T> gradients() {
        forward();
        auto const nothing = std::numeric_limits<T>::quiet_NaN();
        for (std::size_t j = 0; j < coefficients.size(); ++j) {
            std::copy(coefficients[j].begin(), coefficients[j].end(), w.logits_gradient(j));
            std::fill_n(w.at(w.plan().stages[j].feature_gradient), batch * static_cast<std::size_t>(m.net().stages[j].feature), nothing);
        }
        std::fill(w.at(w.plan().gradients[0]), w.at(w.plan().size), nothing); // they are the last places
        std::vector<T> all(m.net().learned, nothing);
        backward(m, w, batch, all.data(), probe_key, rates);
        return all;
    }
};

/// The gradients of a net's parameters against central differences, in double, with a part of the net frozen.
template <class Net>
void expect_net_gradients(std::vector<std::string> const& frozen = {}) {
    model<Net, double, backend::reference> m{seed{3}};
    disturb(m, 4);
    std::size_t const batch = 3;
    part_rates const rates(m.net(), frozen, {});
    probe<double, backend::reference> f(m, noisy_batch<Net>(batch, 9), batch, rates);
    auto const gradients = f.gradients();
    double const h = 1e-5;
    for (auto const& tensor : m.tensors()) {
        if (tensor.spec.role == parameter_role::statistic) continue;
        double worst = 0, largest = 0;
        for (std::size_t i = tensor.first; i < tensor.first + tensor.size(); ++i) {
            largest = std::max(largest, std::abs(gradients[i]));
            if (rates.of(tensor) == 0) continue;
            double const value = m.data()[i];
            m.data()[i] = value + h;
            double const above = f.value();
            m.data()[i] = value - h;
            double const below = f.value();
            m.data()[i] = value;
            double const difference = std::abs((above - below) / (2 * h) - gradients[i]);
            worst = std::isfinite(difference) ? std::max(worst, difference) : 1e9;
        }
        BOOST_TEST(worst < 1e-7, tensor.name << ": off by " << worst);
        bool const cancelled = tensor.name == "large.dense2.bias" && rates.layer(1, 5) > 0; // by the norm after it
        bool const moves = rates.of(tensor) > 0 && !cancelled;
        BOOST_TEST((moves ? largest > 1e-4 : largest < 1e-12), tensor.name << ": largest gradient " << largest);
    }
}

/// The largest difference; huge where one is no number.
template <class A, class B>
double distance(A const& a, B const& b, std::size_t count) {
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
        double const d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        worst = std::isfinite(d) ? std::max(worst, d) : 1e9;
    }
    return worst;
}

} // namespace mcfa::test
