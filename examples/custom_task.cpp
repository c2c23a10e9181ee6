// SPDX-License-Identifier: MIT
// A task of one's own, learned beside the library's on drawn faces: how the head is turned.
#include "command_line/program.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

using namespace mcfa;

/// A task of one's own: how the head is turned, in radians: roll (in the image), yaw and pitch. The data gives it as the measurement
/// "pose"; turning the window turns the head on it the other way, and mirroring changes the sign of roll and yaw.
struct head_pose {
    static constexpr std::string_view name = "pose";
    static constexpr int length = 3;
    using loss = squared_error;

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        auto const pose = label.measurements.find("pose");
        bool const known = label.kind == window_kind::positive && pose != label.measurements.end();
        mask[0] = known ? 1.0f : 0.0f;
        for (std::size_t i = 0; i < 3; ++i) target[i] = known ? pose->second[i] : 0.0f;
        if (known) target[0] -= label.angle;
    }
    static void mirror(std::span<float> target) {
        target[0] = -target[0];
        target[1] = -target[1];
    }
    static std::array<float, 3> decode(std::span<float const> logits) { return {logits[0], logits[1], logits[2]}; }

    /// `degrees`: mean absolute error of the three angles.
    class metric {
    public:
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            if (mask[0] == 0) return;
            for (std::size_t i = 0; i < 3; ++i) sum_ += std::abs(logits[i] - target[i]) / 3 * 180 / 3.14159265;
            count_ += 1;
        }
        std::vector<figure> figures() const { return {{"degrees", count_ > 0 ? sum_ / count_ : 0}}; }

    private:
        double sum_ = 0, count_ = 0;
    };
};

struct tasks : heads<face_class, head_pose> {};
struct small : stage<input<32>, vgg_block<8, 1>, vgg_block<16, 1>, vgg_block<32, 1>, flatten, dense<32>, relu> {};
struct net : cascade<tasks, small> {};

int main(int argc, char**) {
    return run_program("custom_task", [&] {
        if (argc > 1) return std::puts("custom_task: learns how heads are turned on drawn faces; takes no options"), 0;
        model<net, float, backend::eigen> m{seed{1}, backend::eigen{2}};
        data::synthetic_faces const faces{600, seed{5}};
        trainer t{m, adamw{.rate = 3e-3}, weighting::uniform{}};
        t.fit(faces.training(), faces.validation(), {.epochs = 5, .batch = 32, .scales = {{"pose", 5.0}}});
        return 0;
    });
}
