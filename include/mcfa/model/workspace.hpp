// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/view.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/plan/arena.hpp>
#include <mcfa/model/plan/memory_plan.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace mcfa {

/// How a pass over the net behaves: training measures batch statistics and drops values, and draws its random numbers from `key`.
struct pass_options {
    bool training = false;
    std::uint64_t key = 0;
};

/// The scratch of one caller: activations, and gradients where it is for training, in one arena that is sized once from the net's
/// shapes and a capacity of windows. One thread uses a workspace at a time; make one per thread to share a model.
/// `Activation` is the type of windows and of what lies between layers: the scalar, or for inference bfloat16, then in an arena of its own.
template <class T, class Backend, class Activation = T>
class workspace {
    static constexpr bool narrow = !std::is_same_v<T, Activation>;

public:
    using scalar = T;
    using activation = Activation;
    using backend_type = Backend;
    using execution = typename Backend::execution;

    /// Throws `option_error` if the capacity is 0, and for training in another type than the scalar.
    workspace(basic_model<T, Backend> const& m, std::size_t capacity, purpose use)
        : run(m.backend()),
          net_(&m.net()),
          capacity_(checked(capacity)),
          use_(use),
          plan_(memory_plan::of(m.net(), capacity, use)),
          first_(narrow ? plan_.activations : 0),
          arena_(make_arena<typename Backend::template buffer<T>>(m.net(), capacity, use, plan_.size - first_)),
          argmax_(plan_.argmax_size) {
        if constexpr (narrow) {
            if (use == purpose::training) raise(option_error("a workspace for training takes activations of the model's scalar"));
            activations_ = make_arena<typename Backend::template buffer<Activation>>(m.net(), capacity, use, first_);
        }
    }

    std::size_t capacity() const { return capacity_; }
    purpose use() const { return use_; }
    std::size_t bytes() const { return plan_.bytes(sizeof(activation), sizeof(scalar)); }
    memory_plan const& plan() const { return plan_; }

    scalar* at(std::size_t place) { return arena_.data() + (place - first_); }
    activation* activation_at(std::size_t place) {
        if constexpr (narrow) return activations_.data() + place;
        else return at(place);
    }
    activation* input(std::size_t stage) { return activation_at(plan_.stages[stage].input); }
    /// Where the maxima of a step were, for `batch` windows; empty if it keeps none.
    planes<std::uint8_t> argmax(std::size_t stage, std::size_t i, int batch) {
        step const& s = plan_.stages[stage].steps[i];
        if (use_ != purpose::training || !s.unit.pooled) return {};
        return batch_of(argmax_.data() + plan_.stages[stage].argmax[i], batch, s.out);
    }
    scalar* feature(std::size_t stage) { return at(plan_.stages[stage].feature); }
    scalar* logits(std::size_t stage) { return at(plan_.stages[stage].logits); }
    scalar* logits_gradient(std::size_t stage) { return at(plan_.stages[stage].logits_gradient); }

    /// Logits and feature of the first `count` windows, (count, logits) and (count, feature), in the backend's memory; on a host backend
    /// `adapted` makes an xtensor of them.
    view<scalar, 2> logits(std::size_t stage, std::size_t count) { return {logits(stage), count, net_->logits}; }
    view<scalar, 2> feature(std::size_t stage, std::size_t count) { return {feature(stage), count, net_->stages[stage].feature}; }

    /// The crossing to the backend: the first `count` windows, (n, side, side, channels), normalised.
    /// Throws `shape_error` if the array is of another size or the workspace too small.
    void load(std::size_t stage, view<float const, 4> windows, std::size_t count) {
        shape const s = net_->stages[stage].input;
        if (count > capacity_ || windows.extent(0) < count || windows.extent(1) != static_cast<std::size_t>(s.height) ||
            windows.extent(2) != static_cast<std::size_t>(s.width) || windows.extent(3) != static_cast<std::size_t>(s.channels))
            refuse(stage, windows.extents(), count);
        copy_in(input(stage), windows.data(), count * s.size());
    }
    void load(std::size_t stage, array<float, 4> const& windows, std::size_t count) { load(stage, view_of(windows), count); }
    /// Of any xtensor expression: read in place where its floats lie row-major in memory, as those of `xt::adapt` do, else evaluated first.
    template <class E>
    void load(std::size_t stage, xt::xexpression<E> const& windows, std::size_t count) {
        array<float, 4> copy;
        load(stage, dense_view<float, 4>(windows, copy), count);
    }

    /// Activations at a place of the arena.
    planes<activation> at(std::size_t place, std::size_t batch, shape s) { return batch_of(activation_at(place), batch, s); }
    planes<activation> input(std::size_t stage, std::size_t batch) { return batch_of(input(stage), batch, net_->stages[stage].input); }

    /// What step i of a stage reads.
    planes<activation> input_of_step(std::size_t stage, std::size_t i, std::size_t batch) {
        auto const& places = plan_.stages[stage];
        return i == 0 ? input(stage, batch) : at(places.outputs[i - 1], batch, places.steps[i].in);
    }
    /// The other operand of an addition; nothing for any other step.
    planes<activation> skip_of_step(std::size_t stage, std::size_t i, std::size_t batch) {
        int const from = plan_.stages[stage].steps[i].skip;
        return from < 0 ? planes<activation>{} : input_of_step(stage, from, batch);
    }

    /// The pass of one layer, with everything but its inputs and outputs filled in.
    layer_pass<scalar, backend_type> pass(basic_model<T, Backend> const& m, std::size_t j, std::size_t layer, pass_options options) {
        stage_info const& stage = net_->stages[j];
        layer_info const& info = stage.layers[layer];
        layer_pass<scalar, backend_type> p{
            .run = run,
            .training = options.training,
            .key = split_key(split_key(options.key, j), layer),
            .learned = {m.data() + stage.first_learned + info.first_learned, info.learned},
            .statistics = {m.data() + m.net().learned + stage.first_statistic + info.first_statistic, info.statistics}};
        if (use_ == purpose::training) p.saved = {at(plan_.stages[j].saved) + info.first_saved, info.saved};
        return p;
    }

    /// The crossing back: `count` values from the backend's memory.
    void read(scalar const* from, std::size_t count, float* to) {
        if constexpr (std::is_same_v<scalar, float>) {
            run.copy_out(to, from, count);
        } else {
            staging_.resize(count);
            run.copy_out(staging_.data(), from, count);
            std::copy(staging_.begin(), staging_.end(), to);
        }
    }

    void copy_in(activation* to, float const* from, std::size_t count) {
        if constexpr (narrow) {
            compute(run, conversion<float, activation>{.x = {from, count}, .y = {to, count}});
        } else if constexpr (std::is_same_v<scalar, float>) {
            run.copy_in(to, from, count);
        } else {
            staging_.assign(from, from + count);
            run.copy_in(to, staging_.data(), count);
        }
    }

    execution run; ///< the backend's threads and scratch, for this workspace alone

private:
    [[noreturn, gnu::noinline]] void refuse(std::size_t stage, std::array<std::size_t, 4> given, std::size_t count) const {
        shape const s = net_->stages[stage].input;
        raise(shape_error({"stage ",
                           net_->stages[stage].name,
                           " takes up to ",
                           capacity_,
                           " windows of (height, width, channels) = (",
                           s.height,
                           ", ",
                           s.width,
                           ", ",
                           s.channels,
                           "), given ",
                           count,
                           " from an array of (",
                           given[0],
                           ", ",
                           given[1],
                           ", ",
                           given[2],
                           ", ",
                           given[3],
                           ")"}));
    }

    static std::size_t checked(std::size_t capacity) {
        if (capacity == 0) raise(option_error("a workspace needs a capacity of at least 1 window"));
        return capacity;
    }

    net_info const* net_;
    std::size_t capacity_;
    purpose use_;
    memory_plan plan_;
    std::size_t first_; ///< place of the arena's first value
    typename backend_type::template buffer<scalar> arena_;
    typename backend_type::template buffer<activation> activations_; ///< where they are no scalars
    typename backend_type::template buffer<std::uint8_t> argmax_;
    std::vector<scalar> staging_;
};

} // namespace mcfa
