// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/task.hpp>
#include <mcfa/task/window_tenths.hpp>

#include <array>
#include <cmath>
#include <utility>

namespace mcfa {

/// Points of a face as x, y pairs in tenths of the window's side from its middle, under the Euclidean loss. Learned from positive windows
/// with landmarks.
/// The order of the five is: left eye, right eye, nose, left mouth corner, right mouth corner; left is the image's left.
template <int Points>
struct landmarks {
    static_assert(Points == 5, "mcfa: landmarks has the mirror rule and the eye distance of the five-point scheme only");
    static constexpr std::string_view name = "landmarks";
    static constexpr int length = 2 * Points;
    using loss = squared_error;

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        bool const known = label.kind == window_kind::positive && label.landmarks.size() == Points;
        mask[0] = known ? 1.0f : 0.0f;
        for (std::size_t i = 0; i < Points; ++i) {
            target[2 * i] = known ? to_tenths(label.landmarks[i].x) : 0.0f;
            target[2 * i + 1] = known ? to_tenths(label.landmarks[i].y) : 0.0f;
        }
    }

    /// Left of the middle becomes right of it, and left and right change names.
    static void mirror(std::span<float> target) {
        for (std::size_t i = 0; i < Points; ++i) target[2 * i] = -target[2 * i];
        for (auto [left, right] : {std::pair<std::size_t, std::size_t>{0, 1}, {3, 4}}) {
            std::swap(target[2 * left], target[2 * right]);
            std::swap(target[2 * left + 1], target[2 * right + 1]);
        }
    }

    /// The points, in units of the window's side.
    static std::array<point, Points> decode(std::span<float const> logits) {
        std::array<point, Points> points;
        for (std::size_t i = 0; i < Points; ++i) points[i] = {from_tenths(logits[2 * i]), from_tenths(logits[2 * i + 1])};
        return points;
    }

    /// Mean distance of the points of a row of logits from those of a target, over the target's distance between the eyes.
    static double error(std::span<float const> logits, std::span<float const> target) {
        auto const found = decode(logits), truth = decode(target);
        auto const distance = [](point a, point b) { return std::hypot(a.x - b.x, a.y - b.y); };
        double sum = 0;
        for (std::size_t i = 0; i < Points; ++i) sum += distance(found[i], truth[i]);
        return sum / Points / distance(truth[0], truth[1]);
    }

    /// `nme`: mean distance of the points from their true places, over the true distance between the eyes; NaN without a labelled window.
    class metric {
    public:
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            if (mask[0] == 0) return;
            count_ += 1;
            sum_ += error(logits, target);
        }
        double nme() const { return measured_ratio(sum_, count_); }
        std::vector<figure> figures() const { return {{"nme", nme()}}; }

    private:
        double count_ = 0, sum_ = 0;
    };
};

} // namespace mcfa
