// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/shot/photo_crops.hpp>
#include <mcfa/detect/shot/place_loss.hpp>
#include <mcfa/model/pass/places.hpp>
#include <mcfa/op/reduction.hpp>
#include <mcfa/train/optimiser.hpp>
#include <mcfa/train/schedule.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa {

/// What an epoch of a single_shot's training came to.
struct single_shot_epoch {
    int epoch = 0;              ///< from 1
    std::vector<double> losses; ///< mean of each term over the steps, in the order of the tasks
    double rate = 0;            ///< of the last step
    double seconds = 0;
};

/// Options of `single_shot_trainer::fit`.
struct single_shot_options {
    int epochs = 60;
    std::size_t batch = 16;                      ///< crops in a step
    schedule rate = one_cycle{.pct_start = 0.1}; ///< times the optimiser's own rate
    double clip = 5;                             ///< largest norm of the whole gradient; 0 leaves it as it is
    detect::place_loss_options loss{};
    mcfa::seed seed{1}; ///< of order and crops
    std::function<void(single_shot_epoch const&)> on_epoch{};

    /// Throws `option_error` for a number out of its range.
    void check() const {
        if (epochs < 1) throw option_error({"epochs is ", epochs, ", must be at least 1"});
        if (batch < 1) throw option_error("batch is 0, must be at least 1");
        if (!(clip >= 0)) throw option_error({"clip is ", clip, ", must not be negative"});
        loss.check();
    }
};

/// Trains a single_shot on crops of photos with any number of faces:
///
///     model<finder, float, backend::eigen> m{seed{7}};
///     single_shot_trainer t{m, adamw{.rate = 2e-3}};
///     t.fit(detect::photo_crops<finder>(detect::read_face_photos("wider_train")), {.epochs = 60});
///
/// An epoch is one crop of each photo. The next batch is read while one is computed. Of a fresh model the biases of the face class are set so that a
/// place is a face with a probability of one in a hundred, which is about as many as are.
template <class Model, optimiser Optimiser>
class single_shot_trainer {
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using net = typename Model::net_type;
    static_assert(single_shot_net<net>, "mcfa: a single_shot_trainer trains a single_shot; a cascade has `trainer`");
    static_assert(detect::learns<typename net::tasks, face_class>(), "mcfa: a single_shot that is trained to find faces learns face_class");
    static_assert(optimiser_of<Optimiser, T, B>);

public:
    single_shot_trainer(Model& m, Optimiser o) : model_(m), optimiser_(std::move(o)), gradients_(net::learned) {
        if constexpr (requires { optimiser_.check(); }) optimiser_.check();
        for (auto& moment : moments_) moment = buffer(net::learned);
        expect_background();
    }
    single_shot_trainer(Model&&, Optimiser) = delete;

    /// Throws `option_error` for an option out of its range, `file_error` for a photo that cannot be read, `divergence_error` if a gradient is not
    /// finite, before any parameter has moved.
    void fit(detect::photo_crops<net> const& crops, single_shot_options const& options) {
        options.check();
        workspace<T, B> memory(model_, std::min(options.batch, crops.size()), purpose::training);
        detect::place_loss loss(net::info, options.loss);
        std::size_t const steps = (crops.size() + options.batch - 1) / options.batch;
        long const total = static_cast<long>(steps) * options.epochs;
        for (int epoch = 0; epoch < options.epochs; ++epoch) {
            auto const begun = std::chrono::steady_clock::now();
            auto const order = order_of(crops.size(), options.seed, epoch);
            auto const load = [&](std::size_t step) {
                return std::async(std::launch::async, [&, step] { return crops_of(crops, order, step, options, epoch); });
            };
            single_shot_epoch report{epoch + 1, std::vector<double>(net::info.terms), 0, 0};
            auto next = load(0);
            for (std::size_t step = 0; step < steps; ++step) {
                auto const batch = next.get();
                if (step + 1 < steps) next = load(step + 1);
                double const factor = options.rate(static_cast<long>(epoch) * static_cast<long>(steps) + static_cast<long>(step), total);
                this->step(memory, loss, batch, options, factor);
                for (std::size_t k = 0; k < report.losses.size(); ++k) report.losses[k] += loss.means[k] / static_cast<double>(steps);
                report.rate = optimiser_.rate * factor;
            }
            report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
            if (options.on_epoch) options.on_epoch(report);
        }
    }

private:
    using buffer = typename B::template buffer<T>;

    /// A fresh model takes each place for a face with a probability of a half: its first steps would learn that alone.
    void expect_background() {
        constexpr std::size_t face = detect::face_logit<typename net::tasks>();
        auto values = model_.values();
        for (stage_info const& stage : net::stages) {
            T* const bias = values.data() + stage.first_head_bias + face;
            if (bias[0] == T(0) && bias[1] == T(0)) bias[0] = T(2.3), bias[1] = T(-2.3);
        }
        model_.assign(values);
    }

    static std::vector<std::size_t> order_of(std::size_t count, seed from, int epoch) {
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        random_stream random{split_key(split_key(from.value, 0x6f72646572), static_cast<std::uint64_t>(epoch))};
        for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        return order;
    }

    static std::vector<detect::photo_crop> crops_of(detect::photo_crops<net> const& crops, std::vector<std::size_t> const& order,
                                                    std::size_t step, single_shot_options const& options, int epoch) {
        std::uint64_t const key = split_key(split_key(options.seed.value, 0x63726f70), static_cast<std::uint64_t>(epoch));
        std::vector<detect::photo_crop> batch;
        for (std::size_t i = step * options.batch; i < std::min((step + 1) * options.batch, order.size()); ++i)
            batch.push_back(crops.crop(order[i], split_key(key, order[i])));
        return batch;
    }

    void step(workspace<T, B>& memory, detect::place_loss& loss, std::span<detect::photo_crop const> batch,
              single_shot_options const& options, double factor) {
        std::size_t const size = net::stages[0].input.size();
        pixels_.clear();
        for (auto const& crop : batch) pixels_.insert(pixels_.end(), crop.pixels.begin(), crop.pixels.end());
        memory.copy_in(memory.input(0), pixels_.data(), batch.size() * size);
        std::uint64_t const key = split_key(options.seed.value, static_cast<std::uint64_t>(steps_));
        forward_places_training(model_, memory, batch.size(), key);
        logits_.resize(net::count);
        for (std::size_t j = 0; j < net::count; ++j) {
            std::size_t const count = batch.size() * net::stages[j].places * net::info.logits;
            host_.resize(count);
            memory.run.copy_out(host_.data(), static_cast<T const*>(memory.logits(j)), count);
            logits_[j].assign(host_.begin(), host_.end());
        }
        loss.evaluate(batch, logits_);
        for (std::size_t j = 0; j < net::count; ++j) {
            host_.resize(loss.dlogits[j].size());
            std::ranges::transform(loss.dlogits[j], host_.begin(), [](double d) { return static_cast<T>(d); });
            memory.run.copy_in(memory.logits_gradient(j), host_.data(), host_.size());
        }
        backward_places(model_, memory, batch.size(), gradients_.data(), key);
        move(memory, options, factor);
    }

    void move(workspace<T, B>& memory, single_shot_options const& options, double factor) {
        double const norm = std::sqrt(squares_of(memory.run, row<T const>{gradients_.data(), net::learned}));
        if (!std::isfinite(norm)) throw divergence_error({"the gradient is not finite in step ", steps_ + 1});
        double const clipped = options.clip > 0 && norm > options.clip ? options.clip / norm : 1;
        ++steps_;
        for (tensor_info const& tensor : model_.tensors()) {
            if (tensor.spec.role == parameter_role::statistic) continue;
            std::array<T*, Optimiser::moments> at;
            for (std::size_t i = 0; i < at.size(); ++i) at[i] = moments_[i].data() + tensor.first;
            step_setting const given{factor, clipped, steps_, tensor.spec.role == parameter_role::weight};
            optimiser_.template apply<B>(memory.run, given, tensor.size(), model_.data() + tensor.first,
                                         std::as_const(gradients_).data() + tensor.first, at);
        }
        memory.run.finish();
    }

    Model& model_;
    Optimiser optimiser_;
    buffer gradients_;
    std::array<buffer, Optimiser::moments> moments_;
    std::int64_t steps_ = 0;
    std::vector<float> pixels_;
    std::vector<T> host_;
    std::vector<std::vector<double>> logits_;
};

} // namespace mcfa
