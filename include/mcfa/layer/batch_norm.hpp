// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/batch_normalisation.hpp>

namespace mcfa {

/// Batch normalisation per channel; the maths stands at `op/batch_normalisation.hpp`.
struct batch_norm {
    static constexpr std::string_view kind = "bn";
    static constexpr layer_role role = layer_role::normalisation;

    static constexpr shape output(shape in) { return in; }
    static constexpr std::size_t saved(shape in) { return std::size_t{2} * in.channels; }
    static constexpr auto parameters(shape in) {
        std::array<int, 4> const dims{in.channels, 1, 1, 1};
        return std::array{parameter_spec{"weight", parameter_role::bias, 1, dims, 0, 1},
                          parameter_spec{"bias", parameter_role::bias, 1, dims},
                          parameter_spec{"running_mean", parameter_role::statistic, 1, dims},
                          parameter_spec{"running_var", parameter_role::statistic, 1, dims, 0, 1}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        auto const [gamma, beta] = halves(p.learned);
        if (p.training) {
            auto const [mean, variance] = halves(p.measured);
            compute(p.run, batch_normalisation_training<T>{.x = p.x,
                                                           .gamma = gamma,
                                                           .beta = beta,
                                                           .running_mean = mean,
                                                           .running_variance = variance,
                                                           .saved = p.saved,
                                                           .y = p.y});
        } else {
            auto const [mean, variance] = halves(p.statistics);
            compute(p.run, batch_normalisation_inference<T>{
                               .x = p.x, .gamma = gamma, .beta = beta, .running_mean = mean, .running_variance = variance, .y = p.y});
        }
    }

    /// The parameters' gradients come with the input's, which is therefore written even where nothing needs it: over dy.
    /// Frozen, y = gamma (x - mean) / sqrt(variance + epsilon) + beta is linear in x, and so is its gradient: without mean and beta.
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        row<T const> const gamma = halves(p.learned)[0];
        if (p.training) {
            auto const [dgamma, dbeta] = halves(p.dlearned);
            compute(p.run, batch_normalisation_backward<T>{.x = p.x,
                                                           .dy = p.dy,
                                                           .gamma = gamma,
                                                           .saved = p.saved,
                                                           .dx = p.dx.empty() ? p.dy : p.dx,
                                                           .dgamma = dgamma,
                                                           .dbeta = dbeta});
        } else if (!p.dx.empty()) {
            row<T const> const zeros = halves(p.saved)[0];
            p.run.fill_zero(halves(p.saved)[0].data(), zeros.size());
            compute(p.run, batch_normalisation_inference<T>{.x = p.dy,
                                                            .gamma = gamma,
                                                            .beta = zeros,
                                                            .running_mean = zeros,
                                                            .running_variance = halves(p.statistics)[1],
                                                            .y = p.dx});
        }
    }

private:
    template <class T>
    static std::array<row<T>, 2> halves(row<T> const& both) {
        std::size_t const channels = both.size() / 2;
        return {both.part(0, channels), both.part(channels, channels)};
    }
};

} // namespace mcfa
