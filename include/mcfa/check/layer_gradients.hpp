// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/layer/layer.hpp>
#include <mcfa/model/pass/layer_table.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

// Checks for what a program adds to the library.
namespace mcfa::check {

/// How `layer_gradients` draws and measures.
struct layer_gradient_options {
    int batch = 2;          ///< samples
    double step = 1e-5;     ///< of the differences, to either side
    double reach = 1;       ///< inputs and the gradient of the output are drawn between -reach and reach
    bool training = true;   ///< the layer in training, false as it is in inference or frozen
    std::uint64_t seed = 1; ///< of all that is drawn, and the key of a layer that drops values
};

/// How far the gradients of a layer's backward pass are from central differences of its forward pass: the largest difference of a value, over the
/// largest difference quotient or 1/4 if that is more. Infinite where a gradient is not a number or was not written.
struct layer_gradient_error {
    double input = 0;     ///< of the gradient of the input
    double learned = 0;   ///< of the gradients of the learned tensors, 0 if the layer learns nothing
    std::string tensor{}; ///< the learned tensor that is furthest off, by its name

    double largest() const { return std::max(input, learned); }
};

/// Fails by name for a layer that cannot stand alone.
template <class Layer>
struct layer_stands_alone {
    static_assert(layer_traits<Layer>::back == 0,
                  "mcfa: a layer with a second operand, as residual's sum, is not checked alone; see <layer> above");
};

/// Holds a layer of one's own, on a host backend and in double, to central differences: with L = sum of c * y for a random c, every value of x and of
/// the learned tensors is moved by `step` to either side. The error of a right layer is around 1e-9; it is larger where a step crosses an edge, as
/// a rectifier's at 0, which another seed avoids. Forward is computed twice for each value, so take a small shape.
///
///     check::layer_gradients<softsign, backend::reference>({3, 4, 5}).largest() < 1e-7
///
/// Throws `option_error` for a batch below 1, or a step or reach that is not positive.
template <class Layer, class Backend>
    requires Backend::is_host
layer_gradient_error layer_gradients(shape in, layer_gradient_options const& o = {}) {
    static_assert(stated<layer_stands_alone<Layer>>);
    if (o.batch < 1) raise(option_error({"layer_gradients: batch is ", o.batch, ", must be at least 1"}));
    if (!(o.step > 0) || !(o.reach > 0))
        raise(option_error({"layer_gradients: step and reach are ", o.step, " and ", o.reach, ", must be above 0"}));
    using traits = layer_traits<Layer>;
    shape const out = Layer::output(in);
    auto const rows = static_cast<std::size_t>(o.batch);
    random_stream random{o.seed};
    auto const drawn = [&](std::size_t count) {
        std::vector<double> values(count);
        for (double& v : values) v = random.uniform(-o.reach, o.reach);
        return values;
    };
    std::vector<double> x = drawn(rows * in.size()), learned, statistics;
    auto const c = drawn(rows * out.size());
    auto const specs = traits::parameters(in);
    for (parameter_spec const& s : specs)
        for (std::size_t i = 0; i < s.size(); ++i) {
            bool const measured = s.role == parameter_role::statistic;
            (measured ? statistics : learned).push_back(s.mean + (measured ? 0.0 : 0.5 * random.uniform(-1, 1)));
        }

    constexpr double unwritten = std::numeric_limits<double>::quiet_NaN();
    Backend const backend{};
    typename Backend::execution run{backend};
    std::vector<double> y(rows * out.size()), saved(traits::saved(in));
    auto const pass = [&](std::vector<double>& measured) {
        return layer_pass<double, Backend>{.run = run,
                                           .training = o.training,
                                           .key = o.seed,
                                           .x = batch_of(x.data(), o.batch, in),
                                           .y = batch_of(y.data(), o.batch, out),
                                           .learned = learned,
                                           .statistics = statistics,
                                           .measured = measured,
                                           .saved = saved};
    };
    auto const value = [&] {
        std::fill(y.begin(), y.end(), unwritten);
        auto measured = statistics;
        layer_forward<Layer>(pass(measured));
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += c[i] * y[i];
        return sum;
    };
    value();
    std::vector<double> dy = c, dx(x.size(), unwritten), dlearned(learned.size(), unwritten);
    auto measured = statistics;
    auto backward = pass(measured);
    backward.dy = batch_of(dy.data(), o.batch, out);
    backward.dx = batch_of(dx.data(), o.batch, in);
    backward.dlearned = dlearned;
    layer_backward<Layer>(backward);

    auto const error = [&](std::vector<double>& values, std::vector<double> const& gradient, std::size_t first, std::size_t count) {
        double scale = 0.25, worst = 0;
        for (std::size_t i = first; i < first + count; ++i) {
            double const before = values[i];
            values[i] = before + o.step;
            double const above = value();
            values[i] = before - o.step;
            double const below = value();
            values[i] = before;
            double const quotient = (above - below) / (2 * o.step), off = std::abs(gradient[i] - quotient);
            scale = std::max(scale, std::abs(quotient));
            worst = off <= worst ? worst : off; // not a number wins
        }
        return std::isnan(worst) ? std::numeric_limits<double>::infinity() : worst / scale;
    };
    layer_gradient_error found{.input = error(x, dx, 0, x.size())};
    std::size_t first = 0;
    for (parameter_spec const& s : specs) {
        if (s.role == parameter_role::statistic) continue;
        double const off = error(learned, dlearned, first, s.size());
        if (found.tensor.empty() || off > found.learned) found.learned = off, found.tensor = std::string(s.name);
        first += s.size();
    }
    return found;
}

} // namespace mcfa::check
