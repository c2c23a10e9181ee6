// SPDX-License-Identifier: MIT
// A cascade of one's own: three stages of different make, and a weighting policy that the library does not know.
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/mcfa.hpp>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

using namespace mcfa;

/// A weighting policy of one's own: an attribute weighs as much as its loss, smoothed over steps.
struct in_proportion {
    static constexpr std::string_view name = "in_proportion";
    double smoothing = 0.98;

    struct state {
        weighting::per_stage losses; ///< per attribute
    };
    state start(weighting::setting const& given) const { return {weighting::per_stage(given, weighting::attributes_of, 1)}; }
    void weigh(state& s, weighting::observation const& seen, std::span<double> weights) const {
        std::ranges::copy(s.losses.at(seen.stage, weights.size()), weights.begin());
        weighting::scale_to_mean_one(weights);
    }
    void learn(state& s, weighting::observation const& seen) const {
        auto const losses = s.losses.at(seen.stage, seen.losses.size());
        for (std::size_t k = 0; k < losses.size(); ++k)
            if (weighting::observed(seen.losses[k])) losses[k] = smoothing * losses[k] + (1 - smoothing) * seen.losses[k];
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.losses.visit("losses", f);
    }
};

// Three stages of different make: a plain one, one with PReLU and average pools, one with dropout and a global pool.
struct look : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};

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
    command_line line{"Train a cascade and a weighting policy defined here on drawn faces."};
    line.add("--epochs", epochs, "times through the faces");
    line.add("--faces", faces, "how many to draw");
    line.add("--threads", threads, "for the net, and as many that draw");
    if (auto const status = line.parse(argc, argv)) return *status;
    return run_program("custom_cascade", [&] {
        std::printf("%s\n", describe<net>(32).c_str());
        model<net, float, backend::eigen> m{seed{1}, backend::eigen{threads}};
        data::synthetic_faces drawn{static_cast<std::size_t>(std::max(faces, 10)), seed{5}};
        trainer t{m, sgd{.rate = 0.02, .momentum = 0.9, .weight_decay = 1e-4}, in_proportion{}};
        t.fit(drawn.training(), drawn.validation(),
              {.epochs = epochs,
               .batch = 32,
               .rate = warm_up{20, cosine_decay{}},
               .clip = 5,
               .scales = {{"box", 0.1}, {"landmarks", 0.1}},
               .threads = threads});
        return 0;
    });
}
