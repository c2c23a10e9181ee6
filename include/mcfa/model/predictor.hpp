// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/view.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/pass/repeat.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/task/face_class.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// Runs a cascade on windows with threshold control: a window goes on to stage j + 1 only if stage j's probability of a face is at
/// least `thresholds[j]`, and passes only if the last stage's is too. Later stages so see few of many windows. A probability that is not a number
/// (a window or weights with such values) never passes. Thresholds of attributes are the model's when the predictor is made.
/// The predictor owns its workspace; make one per thread to share a model. With `into` it allocates nothing once it has seen as many windows.
/// `Stored` is its arithmetic, as `prepared_model` has it: the scalar's, weights in float16, bfloat16 or int8.
template <class Model, class Stored = typename Model::scalar>
class predictor {
public:
    using net = typename Model::net_type;
    using tasks = typename net::tasks;
    using result = prediction<tasks>;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    using prepared = prepared_model<T, B, Stored>;
    static_assert(net::info.judges_windows(), "mcfa: a predictor judges windows by a cascade; a single_shot has `single_shot_detector`");

    /// One threshold per stage in 0 to 1; none, or 0, lets everything pass. `capacity` windows are computed at a time.
    /// Throws `option_error` for another number of thresholds or one out of range.
    /// Predictors that share a model may share its prepared weights too; without any the predictor prepares its own.
    explicit predictor(Model const& m, std::vector<float> thresholds = {}, std::size_t capacity = 32,
                       std::shared_ptr<prepared const> ready = {})
        : ready_(ready ? std::move(ready) : std::make_shared<prepared const>(m, capacity)),
          workspace_(m, capacity, purpose::inference),
          thresholds_(std::move(thresholds)),
          nothing_yet_(result::above(m.attribute_thresholds())) {
        if (auto const bad = problem(thresholds_)) raise(*bad);
    }

    /// What keeps a predictor from being made with these thresholds, if anything; without any they become 0.
    static std::optional<option_error> problem(std::vector<float>& thresholds) {
        if (thresholds.empty()) thresholds.assign(net::count, 0.0f);
        if (thresholds.size() != net::count)
            return option_error({"thresholds: the cascade has ", net::count, " stages, given ", thresholds.size()});
        for (float t : thresholds)
            if (!(t >= 0 && t <= 1)) return option_error({"thresholds: ", t, " is not a probability (0 to 1)"});
        return {};
    }

    std::size_t capacity() const { return workspace_.capacity(); }

    /// The first `count` windows, given per stage as (n, side, side, 3), normalised. With fewer `stages` only the first ones are run, need windows, and
    /// must be passed. Throws `shape_error` for too few arrays or arrays of another size.
    std::vector<result> operator()(std::vector<array<float, 4>> const& windows, std::size_t count, std::size_t stages = net::count) {
        std::vector<result> results;
        into(results, windows, count, stages);
        return results;
    }

    /// Likewise in place of what `results` held, in its memory.
    void into(std::vector<result>& results, std::vector<array<float, 4>> const& windows, std::size_t count,
              std::size_t stages = net::count) {
        stages = std::min(stages, net::count);
        if (windows.size() < stages) raise(shape_error({stages, " stages take as many arrays of windows, given ", windows.size()}));
        std::array<view<float const, 4>, net::count> views{};
        for (std::size_t j = 0; j < stages; ++j) views[j] = view_of(windows[j]);
        run(views, count, stages, results);
    }

    /// All windows of xtensor expressions, one for each of the first stages, (n, side, side, 3), normalised: arrays, views of their valid rows, memory
    /// that `xt::adapt` makes an array of. They are read in place where their floats lie row-major in memory, else evaluated first.
    ///
    ///     auto const said = find(xt::adapt(small, {n, 56, 56, 3}), xt::adapt(large, {n, 112, 112, 3}));
    ///
    /// Throws `shape_error` for arrays of another size or different numbers of windows.
    template <class... E>
        requires(sizeof...(E) >= 1 && sizeof...(E) <= net::count)
    std::vector<result> operator()(xt::xexpression<E> const&... windows) {
        std::vector<result> results;
        into(results, windows...);
        return results;
    }

    /// Likewise in place of what `results` held, in its memory.
    template <class... E>
        requires(sizeof...(E) >= 1 && sizeof...(E) <= net::count)
    void into(std::vector<result>& results, xt::xexpression<E> const&... windows) {
        std::array<array<float, 4>, sizeof...(E)> copies;
        std::array<view<float const, 4>, net::count> views{};
        std::size_t j = 0;
        ((views[j] = dense_view<float, 4>(windows, copies[j]), ++j), ...);
        for (std::size_t i = 1; i < j; ++i)
            if (views[i].extent(0) != views[0].extent(0))
                raise(shape_error(
                    {"stage ", net::stages[i].name, " is given ", views[i].extent(0), " windows, the first stage ", views[0].extent(0)}));
        run(views, views[0].extent(0), j, results);
    }

private:
    void run(std::span<view<float const, 4> const> windows, std::size_t count, std::size_t stages, std::vector<result>& results) {
        results.assign(count, nothing_yet_);
        for (std::size_t first = 0; first < count; first += capacity())
            run_some(windows, first, std::min(capacity(), count - first), stages, results);
    }

    void run_some(std::span<view<float const, 4> const> windows, std::size_t first, std::size_t count, std::size_t stages,
                  std::vector<result>& results) {
        alive_.resize(count);
        std::iota(alive_.begin(), alive_.end(), std::size_t{0});
        for (std::size_t j = 0; j < stages && !alive_.empty(); ++j) {
            std::size_t const size = net::stages[j].input.size();
            for (std::size_t row = 0; row < alive_.size(); ++row) {
                check(j, windows[j], first + alive_[row]);
                workspace_.copy_in(workspace_.input(j) + row * size, windows[j].data() + (first + alive_[row]) * size, size);
            }
            repeat(workspace_.run, j * (capacity() + 1) + alive_.size(), [&] { forward_stage(*ready_, workspace_, j, alive_.size()); });
            judge(j, first, stages, results);
        }
    }

    /// Reads the logits of stage j and keeps the windows that go on; their features move up to stand together for the next stage.
    void judge(std::size_t j, std::size_t first, std::size_t stages, std::vector<result>& results) {
        std::size_t const length = tasks::length;
        logits_.resize(alive_.size() * length);
        workspace_.read(workspace_.logits(j), logits_.size(), logits_.data());
        std::size_t kept = 0;
        for (std::size_t row = 0; row < alive_.size(); ++row) {
            result& r = results[first + alive_[row]];
            std::copy_n(logits_.begin() + static_cast<std::ptrdiff_t>(row * length), length, r.logits.begin());
            r.stage = static_cast<int>(j);
            if (!(r.template get<face_class>() >= thresholds_[j])) continue;
            r.passed = j + 1 == stages;
            matrix<T> const features{workspace_.feature(j), alive_.size(), net::stages[j].feature};
            if (kept != row)
                mcfa::compute(workspace_.run,
                              column_copy<T>{.from = features.part(row, 1), .to = features.part(kept, 1), .count = features.extent(1)});
            alive_[kept++] = alive_[row];
        }
        alive_.resize(kept);
    }

    static void check(std::size_t j, view<float const, 4> const& given, std::size_t row) {
        shape const s = net::stages[j].input;
        if (row >= given.extent(0) || given.extent(1) != static_cast<std::size_t>(s.height) ||
            given.extent(2) != static_cast<std::size_t>(s.width) || given.extent(3) != static_cast<std::size_t>(s.channels))
            raise(shape_error({"stage ", net::stages[j].name, " takes windows of ", to_string(s),
                               " (channels, height, width; channels last in memory), and there is no such window number ", row}));
    }

    std::shared_ptr<prepared const> ready_;
    workspace_for<T, B, Stored> workspace_;
    std::vector<float> thresholds_;
    result nothing_yet_;
    std::vector<float> logits_;
    std::vector<std::size_t> alive_; ///< of the windows at hand those that go on to the next stage
};

/// A predictor, or what its constructor throws. `Stored` is the arithmetic, void the model's own.
template <class Stored = void, class Model>
auto try_predictor(Model const& m, std::vector<float> thresholds = {}, std::size_t capacity = 32) {
    using made = predictor<Model, std::conditional_t<std::is_void_v<Stored>, typename Model::scalar, Stored>>;
    if (auto const bad = made::problem(thresholds)) return expected<made>(unexpected(*bad));
    if (capacity == 0) return expected<made>(unexpected(option_error("a predictor needs a capacity of at least 1 window")));
    return expected<made>(std::in_place, m, std::move(thresholds), capacity);
}

} // namespace mcfa
