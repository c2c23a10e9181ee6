#pragma once

#include <mcfa/task/task.hpp>

namespace mcfa {

/// Where the face is on the window: left, top, height, width, in units of the window's side, under the Euclidean loss.
/// Learned from positive and part windows.
struct face_box {
    static constexpr std::string_view name = "box";
    static constexpr int length = 4;
    static constexpr int targets = 4;
    static constexpr int terms = 1;
    static constexpr loss_kind loss = loss_kind::squared_error;
    static constexpr bool weighted = false;
    static constexpr double initial_bias = 0.5; ///< the middle of the window, a better beginning than its corner

    static std::string term(int) { return "box"; }

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        bool const known = label.face && label.kind != window_kind::negative;
        mask[0] = known ? 1.0f : 0.0f;
        box const b = known ? *label.face : box{};
        target[0] = b.left;
        target[1] = b.top;
        target[2] = b.height;
        target[3] = b.width;
    }
    static void mirror(std::span<float> target) { target[0] = 1 - target[0] - target[3]; }

    /// The box, in units of the window's side.
    static box decode(std::span<float const> logits) { return {logits[0], logits[1], logits[3], logits[2]}; }

    /// `iou`: mean intersection over union with the true box.
    class metric {
    public:
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            if (mask[0] == 0) return;
            count_ += 1;
            sum_ += mcfa::iou(decode(logits), decode(target));
        }
        double iou() const { return count_ ? sum_ / count_ : 0; }
        std::vector<figure> figures() const { return {{"iou", iou()}}; }

    private:
        double count_ = 0, sum_ = 0;
    };
};

} // namespace mcfa
