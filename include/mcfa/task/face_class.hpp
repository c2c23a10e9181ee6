// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/task.hpp>

#include <cmath>

namespace mcfa {

/// Is this window a face? Two logits, background and face, under softmax. Learned from positive and negative windows.
struct face_class {
    static constexpr std::string_view name = "face";
    static constexpr int length = 2;
    using loss = softmax_cross_entropy;

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        target[0] = label.kind == window_kind::positive ? 1.0f : 0.0f;
        mask[0] = label.kind == window_kind::part ? 0.0f : 1.0f;
    }
    static void mirror(std::span<float>) {}

    /// Probability of a face, 0 to 1.
    static float decode(std::span<float const> logits) { return 1 / (1 + std::exp(logits[0] - logits[1])); }

    /// `accuracy` over faces and background together; NaN without a labelled window.
    class metric {
    public:
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            if (mask[0] == 0) return;
            count_ += 1;
            right_ += (logits[1] > logits[0]) == (target[0] > 0.5f);
        }
        double accuracy() const { return measured_ratio(right_, count_); }
        std::vector<figure> figures() const { return {{"accuracy", accuracy()}}; }

    private:
        double count_ = 0, right_ = 0;
    };
};

} // namespace mcfa
