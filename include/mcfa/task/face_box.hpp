// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/task.hpp>
#include <mcfa/task/window_tenths.hpp>

namespace mcfa {

/// Where the face is on the window: left, top, height, width, in tenths of the window's side more or less than its half, under the
/// Euclidean loss. Learned from positive and part windows.
struct face_box {
    static constexpr std::string_view name = "box";
    static constexpr int length = 4;
    using loss = squared_error;

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        bool const known = label.face && label.kind != window_kind::negative;
        mask[0] = known ? 1.0f : 0.0f;
        box const b = known ? *label.face : box{0.5f, 0.5f, 0.5f, 0.5f};
        target[0] = to_tenths(b.left);
        target[1] = to_tenths(b.top);
        target[2] = to_tenths(b.height);
        target[3] = to_tenths(b.width);
    }
    /// The left side is where the right one was: 1 - left - width, in tenths about the half.
    static void mirror(std::span<float> target) { target[0] = -5 - target[0] - target[3]; }

    /// The box, in units of the window's side.
    static box decode(std::span<float const> logits) {
        return {from_tenths(logits[0]), from_tenths(logits[1]), from_tenths(logits[3]), from_tenths(logits[2])};
    }

    /// `iou`: mean intersection over union with the true box; NaN without a labelled window.
    class metric {
    public:
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            if (mask[0] == 0) return;
            count_ += 1;
            sum_ += mcfa::iou(decode(logits), decode(target));
        }
        double iou() const { return measured_ratio(sum_, count_); }
        std::vector<figure> figures() const { return {{"iou", iou()}}; }

    private:
        double count_ = 0, sum_ = 0;
    };
};

} // namespace mcfa
