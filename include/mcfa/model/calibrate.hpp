// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch_source.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/model/int8/prepared_model.hpp>
#include <mcfa/model/int8/quantisation.hpp>
#include <mcfa/model/int8/range_histogram.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace mcfa {

/// How `calibrate` measures.
struct calibration_options {
    std::size_t windows = 512; ///< most that are looked at
    std::size_t batch = 16;    ///< windows at a time
    int threads = 2;           ///< that read a source of windows
    /// A layer's input ranges from the quantile 1 - percentile / 100 of its values to the quantile percentile / 100; 100: from the least to the largest.
    double percentile = 99.999;
    /// dB. A layer stays in float where the signal-to-noise ratio of its output in int8 is lower: 10 log10(sum y^2 / sum (y - y8)^2) over all windows,
    /// where y8 is what the layer makes in 8 bits of the same input as y.
    double least_signal_to_noise = 25;
    std::function<void(std::size_t done, std::size_t all)> progress{}; ///< is called after each batch; all counts every window twice

    /// Throws `option_error` for an option out of its range.
    void check() const {
        if (windows == 0) throw option_error("calibration: windows is 0, must be at least 1");
        if (batch == 0) throw option_error("calibration: batch is 0, must be at least 1");
        if (!(percentile > 50 && percentile <= 100))
            throw option_error({"calibration: percentile is ", percentile, ", must be above 50 and at most 100"});
        if (std::isnan(least_signal_to_noise)) throw option_error("calibration: least_signal_to_noise is not a number");
    }
};

/// Runs a model in float over windows, twice, and measures what arithmetic in int8 needs to know.
template <class T, class B>
class calibration {
public:
    calibration(basic_model<T, B> const& m, calibration_options const& options)
        : options_(options), ready_(m, options.batch), workspace_(m, options.batch, purpose::inference) {
        for (std::size_t j = 0; j < m.net().stages.size(); ++j)
            for (step const& s : ready_.steps(j))
                if (has_int8(m.net().stages[j].layers[s.first])) measured_.emplace_back();
        auto const names = int8_layers(m.net());
        for (std::size_t k = 0; k < names.size(); ++k) measured_[k].layer.name = names[k];
    }

    /// The first time: counts the values of a batch of windows, one array for each stage.
    void count(std::vector<array<float, 4>> const& windows, std::size_t rows) {
        each_layer(windows, rows, [&](std::size_t k, std::size_t, std::size_t, planes<T const> const& x, planes<T const> const&) {
            measured_[k].values.add(x.span());
        });
    }
    /// Ends the first time.
    void find_ranges() {
        net_info const& net = ready_.net();
        std::size_t k = 0;
        for (std::size_t j = 0; j < net.stages.size(); ++j)
            for (step const& s : ready_.steps(j)) {
                layer_info const& layer = net.stages[j].layers[s.first];
                if (!has_int8(layer)) continue;
                auto const [low, high] = measured_[k].values.range(options_.percentile);
                measured_[k].layer.input = byte_scale::covering(low, high);
                measured_[k].fits = products_of(layer) <= most_int8_products;
                measured_[k].layer.in_float = !measured_[k].fits;
                ++k;
            }
        narrow_.emplace(ready_.model(), result());
    }
    /// The second time: what a batch of windows loses in each layer.
    void compare(std::vector<array<float, 4>> const& windows, std::size_t rows) {
        each_layer(windows, rows, [&](std::size_t k, std::size_t j, std::size_t i, planes<T const> const& x, planes<T const> const& y) {
            if (!measured_[k].fits) return;
            auto const& ready = *narrow_;
            auto const found = workspace_.run.template scratch<T>(widened_output{}, y.size());
            planes<T> const to{found.data(), y.extents()};
            auto const& s = ready.at(j, i);
            forward_int8_unit(ready, workspace_.run, s, rounded_to_bytes(workspace_.run, x, s.given), ready.scales(s), to);
            for (std::size_t n = 0; n < y.size(); ++n) {
                double const wanted = y.data()[n], error = wanted - static_cast<double>(found[n]);
                measured_[k].signal += wanted * wanted, measured_[k].noise += error * error;
            }
        });
    }
    /// Ends the second time.
    void judge() {
        for (auto& m : measured_) {
            constexpr double infinity = std::numeric_limits<double>::infinity();
            m.layer.signal_to_noise = !m.fits ? -infinity : m.noise == 0 ? infinity : 10 * std::log10(m.signal / m.noise);
            m.layer.in_float = !(m.layer.signal_to_noise >= options_.least_signal_to_noise);
        }
    }
    quantisation result() const {
        quantisation q;
        for (auto const& m : measured_) q.layers.push_back(m.layer);
        return q;
    }

private:
    struct measurement {
        quantisation::layer layer;
        range_histogram values;
        bool fits = true; ///< whether its sums fit 32 bits
        double signal = 0, noise = 0;
    };

    static std::size_t products_of(layer_info const& layer) {
        return layer.role == layer_role::dense ? static_cast<std::size_t>(layer.dense.in)
                                               : layer.product.weights() / static_cast<std::size_t>(layer.product.out_channels);
    }

    /// Runs the windows through the net in float: visit(layer of the quantisation, stage, step, its input, its output).
    template <class Visit>
    void each_layer(std::vector<array<float, 4>> const& windows, std::size_t rows, Visit const& visit) {
        auto& w = workspace_;
        net_info const& net = ready_.net();
        std::size_t k = 0;
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            w.load(j, windows.at(j), rows);
            auto const& places = w.plan().stages[j];
            planes<T> x = w.input(j, rows);
            for (std::size_t i = 0; i < places.steps.size(); ++i) {
                auto const y = w.at(places.outputs[i], rows, places.steps[i].out);
                forward_step(ready_, w, j, i, x, w.skip_of_step(j, i, rows), y);
                if (has_int8(net.stages[j].layers[places.steps[i].first])) visit(k++, j, i, planes<T const>(x), planes<T const>(y));
                x = y;
            }
        }
    }

    calibration_options const& options_;
    prepared_model<T, B> ready_;
    workspace<T, B> workspace_;
    std::vector<measurement> measured_;
    std::optional<prepared_model<T, B, int8>> narrow_; ///< in the second time
};

/// Measures what arithmetic in int8 needs of a model on windows of a reader, which gives the same ones whenever it begins anew.
/// Throws `option_error` for an option out of its range, or without a window.
template <class T, class B, batch_reader Reader>
quantisation calibrate_on(basic_model<T, B> const& m, Reader& windows, calibration_options const& options) {
    options.check();
    check_judges_windows(m.net(), "calibration");
    calibration<T, B> measure(m, options);
    std::size_t all = 0, done = 0;
    batch b;
    auto const each_batch = [&](auto const& look) {
        windows.begin(0);
        for (std::size_t seen = 0; seen < options.windows && windows.next(b);) {
            look(std::min(b.size, options.windows - seen));
            seen += b.size;
        }
    };
    each_batch([&](std::size_t rows) {
        measure.count(b.windows, rows);
        all += rows;
        if (options.progress) options.progress(all, 2 * std::max(all, options.windows));
    });
    if (all == 0) throw option_error("calibration: there is no window to measure on; give photos of faces as the model will see them");
    measure.find_ranges();
    each_batch([&](std::size_t rows) {
        measure.compare(b.windows, rows);
        done += rows;
        if (options.progress) options.progress(all + done, 2 * all);
    });
    measure.judge();
    return measure.result();
}

/// The same on a data set's windows, `faces.training()` for example, as validation sees them:
///
///     m.set_quantisation(calibrate(m, faces.training()));
template <class T, class B, batch_source Source>
quantisation calibrate(basic_model<T, B> const& m, Source const& source, calibration_options const& options = {}) {
    options.check();
    auto reader = source.batches(encoding_of(m.net()), {.batch = options.batch, .threads = options.threads, .training = false});
    return calibrate_on(m, reader, options);
}

/// Gives rows of arrays of windows, one array for each stage, some at a time.
class window_rows_reader {
public:
    window_rows_reader(std::vector<array<float, 4>> const& windows, std::size_t batch) : windows_(windows), batch_(batch) {}

    void begin(std::uint64_t) { next_ = 0; }
    bool next(batch& b) {
        std::size_t const count = windows_.empty() ? 0 : windows_[0].shape()[0];
        if (next_ >= count) return false;
        b.size = std::min(batch_, count - next_);
        b.windows.resize(windows_.size());
        for (std::size_t j = 0; j < windows_.size(); ++j) {
            auto const& given = windows_[j];
            auto const row = given.size() / given.shape()[0];
            b.windows[j].resize({b.size, given.shape()[1], given.shape()[2], given.shape()[3]});
            std::copy_n(given.data() + next_ * row, b.size * row, b.windows[j].data());
        }
        next_ += b.size;
        return true;
    }
    std::size_t batches_per_epoch() const { return windows_.empty() ? 0 : (windows_[0].shape()[0] + batch_ - 1) / batch_; }

private:
    std::vector<array<float, 4>> const& windows_;
    std::size_t batch_, next_ = 0;
};

/// The same on windows at hand: one array for each stage, (n, side, side, 3), normalised. Throws `shape_error` for arrays of another size or number.
template <class T, class B>
quantisation calibrate(basic_model<T, B> const& m, std::vector<array<float, 4>> const& windows, calibration_options const& options = {}) {
    options.check();
    if (windows.size() != m.net().stages.size())
        throw shape_error(
            {"calibration: the net has ", m.net().stages.size(), " stages and takes as many arrays of windows, given ", windows.size()});
    for (auto const& each : windows)
        if (each.shape()[0] != windows[0].shape()[0])
            throw shape_error({"calibration: arrays have ", windows[0].shape()[0], " and ", each.shape()[0], " windows"});
    window_rows_reader reader(windows, options.batch);
    return calibrate_on(m, reader, options);
}

} // namespace mcfa
