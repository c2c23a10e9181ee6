// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/proposals.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/window_cutter.hpp>
#include <mcfa/model/pass/forward.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::detect {

/// Keeps a judge going to its last window.
struct every_batch {
    constexpr bool operator()(std::size_t) const { return true; }
};

/// Runs stages of a cascade on windows of a photo, some windows at a time, so that memory does not grow with their number. One thread uses a
/// judge at a time.
/// `Stored` is the arithmetic, as `prepared_model` has it.
template <class T, class B, class Stored = T>
class judge {
public:
    /// `batch` windows are computed at a time. Throws `option_error` where it is 0.
    judge(prepared_model<T, B, Stored> const& ready, std::size_t batch)
        : ready_(ready), workspace_(ready.model(), batch, purpose::inference), cutter_(ready.net(), batch) {}

    /// Cuts every window out of the photo and runs the first `stages` stages: visit(i, logits of the last of them). Before each batch
    /// go_on(its first window) is asked; where it says no, the rest is not judged.
    template <class F, class G = every_batch>
    void windows(image::frame const& photo, std::span<image::placement const> all, std::size_t stages, F&& visit, G&& go_on = {}) {
        in_batches(all.size(), stages, 0, [&](std::size_t i, std::size_t row) { cutter_.fill(photo, all[i], row, stages); }, visit, go_on);
    }

    /// Likewise, with the first stage's features as the proposals carry them: of windows that the first stage has swept, it runs the others alone.
    template <class F, class G = every_batch>
    void swept(image::frame const& photo, std::span<proposal<T> const> all, std::size_t stages, F&& visit, G&& go_on = {}) {
        std::size_t const feature = ready_.net().stages[0].feature;
        in_batches(
            all.size(), stages, 1,
            [&](std::size_t i, std::size_t row) {
                cutter_.fill(photo, all[i].window, row, stages, 1);
                workspace_.run.copy_in(workspace_.feature(0) + row * feature, all[i].feature.data(), feature);
            },
            visit, go_on);
    }

private:
    template <class Prepare, class F, class G>
    void in_batches(std::size_t count, std::size_t stages, std::size_t first_stage, Prepare&& prepare, F&& visit, G&& go_on) {
        std::size_t const length = ready_.net().logits;
        for (std::size_t first = 0; first < count && go_on(first); first += workspace_.capacity()) {
            std::size_t const rows = std::min(workspace_.capacity(), count - first);
            for (std::size_t row = 0; row < rows; ++row) prepare(first + row, row);
            for (std::size_t j = first_stage; j < stages; ++j) {
                workspace_.load(j, cutter_.windows()[j], rows);
                forward_stage(ready_, workspace_, j, rows);
            }
            logits_.resize(rows * length);
            workspace_.read(workspace_.logits(stages - 1), logits_.size(), logits_.data());
            for (std::size_t row = 0; row < rows; ++row) visit(first + row, std::span<float const>(logits_).subspan(row * length, length));
        }
    }

    prepared_model<T, B, Stored> const& ready_;
    workspace_for<T, B, Stored> workspace_;
    image::window_cutter cutter_;
    std::vector<float> logits_;
};

} // namespace mcfa::detect
