// SPDX-License-Identifier: MIT
// A cascade of one's own: three stages, and a task and a weighting policy that the library does not know.
#include "command_line/command_line.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/model/describe.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/train/trainer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
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

/// A weighting policy of one's own: an attribute weighs as much as its loss, smoothed over steps.
struct in_proportion {
    static constexpr std::string_view name = "in_proportion";
    double smoothing = 0.98;

    struct state {
        std::vector<std::vector<double>> losses; ///< per stage and attribute
    };

    state start(weighting::setting const& given) const {
        state s;
        for (auto const& stage : given.stages) s.losses.emplace_back(static_cast<std::size_t>(stage.attributes), 1.0);
        return s;
    }
    void weigh(state const& s, weighting::observation const& seen, std::span<double> weights) const {
        auto const& losses = s.losses[static_cast<std::size_t>(seen.stage)];
        double sum = 0;
        for (double loss : losses) sum += loss;
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = losses[k] * static_cast<double>(losses.size()) / sum;
    }
    void learn(state& s, weighting::observation const& seen) const {
        auto& losses = s.losses[static_cast<std::size_t>(seen.stage)];
        for (std::size_t k = 0; k < losses.size(); ++k)
            if (std::isfinite(seen.losses[k])) losses[k] = smoothing * losses[k] + (1 - smoothing) * std::max(seen.losses[k], 1e-6);
    }
    void trained(state&, int, std::span<double const>) const {}
    void validated(state&, int, std::span<double const>) const {}
    template <class F>
    void visit(state& s, F&& f) const {
        for (std::size_t j = 0; j < s.losses.size(); ++j) f("stage" + std::to_string(j) + ".losses", s.losses[j]);
    }
};
static_assert(weighting::policy<in_proportion>);

// Three stages of different make: a plain one, one with PReLU and average pools, one with dropout and a global pool.
struct look : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look, head_pose> {};

struct coarse : stage<input<24>, vgg_block<8, 1>, vgg_block<16, 1>, conv<32, conv_options{.kernel = 6, .pad = 0}>, relu> {};
struct middle : stage<input<40>, conv<12, conv_options{.kernel = 5, .stride = 2, .pad = 2}>, batch_norm, prelu, conv<24>, batch_norm, prelu,
                      average_pool<2>, conv<32>, batch_norm, prelu, global_average_pool> {};
struct fine : stage<input<64>, vgg_block<12, 1, vgg_options{.batch_norm = true}>, vgg_block<24, 1, vgg_options{.batch_norm = true}>,
                    vgg_block<48, 2, vgg_options{.batch_norm = true}>, conv<64, conv_options{.kernel = 3, .pad = 0}>, relu,
                    global_average_pool, dropout<20>> {};
struct net : cascade<tasks, coarse, middle, fine> {};
static_assert(net::feature<fine> == 64 + 32 + 32);

int main(int argc, char** argv) {
    int epochs = 8, faces = 1500, threads = 2;
    command_line line{"Train a cascade of one's own make, with a head-pose task and a weighting policy of one's own, on drawn faces."};
    line.add("--epochs", epochs, "times through the faces");
    line.add("--faces", faces, "how many to draw");
    line.add("--threads", threads, "for the net, and as many that draw");
    if (auto const status = line.parse(argc, argv)) return *status;
    try {
        std::printf("%s\n", describe<net>(32).c_str());
        model<net, float, backend::eigen> m{seed{1}, backend::eigen{threads}};
        data::synthetic_faces drawn{static_cast<std::size_t>(std::max(faces, 10)), seed{5}};
        trainer t{m, sgd{.rate = 0.02, .momentum = 0.9, .weight_decay = 1e-4}, in_proportion{}};
        t.fit(drawn.training(), drawn.validation(),
              {.epochs = epochs,
               .batch = 32,
               .rate = warm_up{20, cosine_decay{}},
               .clip = 5,
               .scales = {{"box", 0.1}, {"landmarks", 0.1}, {"pose", 5.0}},
               .threads = threads});
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "custom_cascade: %s\n", problem.what());
        return 1;
    }
}
