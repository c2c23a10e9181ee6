// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/deferred.hpp>
#include <mcfa/weighting/policy.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::weighting {

/// The unit of `harder_first` in a backend's memory: its steps wait for nothing.
template <class T, class B>
class harder_first_on_backend {
public:
    explicit harder_first_on_backend(setting const& given) {
        for (setting::stage const& stage : given.stages) {
            std::size_t const attributes = stage.attributes, features = stage.features;
            units_.push_back({attributes, features, doubles(attributes * features), doubles(attributes)});
        }
    }

    /// One step of stage j: `weights` from the unit as it is, added to `totals`; then the unit learns from the losses means[terms[i]].
    template <class Policy>
    void step(typename B::execution& run, Policy const& policy, std::size_t j, matrix<T const> feature, row<T const> row_weights,
              row<double const> means, row<int const> terms, row<double> weights, row<double> totals) {
        unit& u = units_[j];
        compute(run, harder_first_step<T>{.temperature = policy.temperature,
                                          .rate = policy.rate,
                                          .feature = feature,
                                          .row_weights = row_weights,
                                          .means = means,
                                          .terms = terms,
                                          .weight = {u.weight.data(), u.features, u.attributes},
                                          .bias = {u.bias.data(), u.attributes},
                                          .weights = weights,
                                          .totals = totals});
    }

    /// The state comes to the backend, where the matrix W stands the other way round.
    template <class State>
    void send(typename B::execution& run, State& s) {
        exchange(s, [&](unit& u, std::span<double> weight, std::span<double> bias) {
            std::vector<double> turned(weight.size());
            for (std::size_t k = 0; k < u.attributes; ++k)
                for (std::size_t f = 0; f < u.features; ++f) turned[f * u.attributes + k] = weight[k * u.features + f];
            run.copy_in(u.weight.data(), turned.data(), turned.size());
            run.copy_in(u.bias.data(), bias.data(), bias.size());
        });
    }
    /// The state as it is now comes to the host.
    template <class State>
    void fetch(typename B::execution& run, State& s) {
        exchange(s, [&](unit& u, std::span<double> weight, std::span<double> bias) {
            std::vector<double> turned(weight.size());
            run.copy_out(turned.data(), std::as_const(u.weight).data(), turned.size());
            for (std::size_t k = 0; k < u.attributes; ++k)
                for (std::size_t f = 0; f < u.features; ++f) weight[k * u.features + f] = turned[f * u.attributes + k];
            run.copy_out(bias.data(), std::as_const(u.bias).data(), bias.size());
        });
    }

private:
    using doubles = typename B::template buffer<double>;
    struct unit {
        std::size_t attributes, features;
        doubles weight; ///< (features, attributes)
        doubles bias;
    };

    template <class State, class F>
    void exchange(State& s, F const& with) {
        for (std::size_t j = 0; j < units_.size(); ++j) {
            unit& u = units_[j];
            if (u.attributes > 0)
                with(u, s.weight.at(static_cast<int>(j), u.attributes * u.features), s.bias.at(static_cast<int>(j), u.attributes));
        }
    }

    std::vector<unit> units_;
};

} // namespace mcfa::weighting
