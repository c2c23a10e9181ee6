// SPDX-License-Identifier: MIT
// Draws faces, trains a small two-stage cascade on them end to end, prints what it learned and shows it on pictures.
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/image/annotated_window.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/mcfa.hpp>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

using namespace mcfa;

// The cascade, as types: what to learn, and two stages from coarse to fine.
struct look : attributes<"Eyeglasses", "Smiling", "Wearing_Hat", "Mustache", "Bangs", "Blond_Hair", "Black_Hair", "Mouth_Slightly_Open",
                         "Wearing_Lipstick", "Rosy_Cheeks"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};

constexpr vgg_options normalised{.batch_norm = true};
struct small
    : stage<input<28>, vgg_block<16, 1, normalised>, vgg_block<32, 1, normalised>, conv<64, conv_options{.kernel = 7, .pad = 0}>, relu> {};
struct large : stage<input<56>, vgg_block<16, 1, normalised>, vgg_block<32, 1, normalised>, vgg_block<48, 2, normalised>, flatten,
                     dense<128>, relu> {};
struct net : cascade<tasks, small, large> {};
static_assert(net::feature<large> == 128 + 64);

namespace {

/// Twelve photos with what the cascade says of them. A window is 1.6 times as large as the face, as in training.
template <class Model>
void show(Model const& m, data::split const& photos, std::filesystem::path const& out) {
    image::window_predictor look_at{m};
    std::vector<image::pixels> pictures;
    for (std::size_t i = 0; i < 12; ++i) {
        auto const [photo, truth] = photos.load(i);
        auto const window = data::reference_square(*truth.face, 1.6f);
        pictures.push_back(image::annotated_window(photo, window, look_at(photo, window)));
        image::write_png(out / ("face" + std::to_string(i + 1) + ".png"), pictures.back());
    }
    image::write_png(out / "faces.png", image::tiled(pictures, 4));
}

void run(std::filesystem::path const& out, int threads) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{threads}};
    data::synthetic_faces faces{3600, seed{3}};
    trainer t{m, adamw{.rate = 3e-3}, weighting::harder_first{}};
    t.fit(faces.training(), faces.validation(), {.epochs = 10, .batch = 32, .rate = one_cycle{}, .threads = threads});

    auto unseen = faces.test({.evaluation = data::evaluation_windows::shifted}).batches(encoding_of(net::info), {.training = false});
    unseen.begin(0);
    auto const found = validation(m, 32).run(unseen);
    std::printf("on unseen faces: accuracy %.3f, box IoU %.3f, landmark error %.1f %% of the distance between the eyes\n",
                found.at("attributes.mean_accuracy"), found.at("box.iou"), 100 * found.at("landmarks.nme"));
    std::filesystem::create_directories(out);
    io::save(m, out / "faces.safetensors");
    show(m, faces.test(), out);
    std::printf("see %s and the weights beside it\n", (out / "faces.png").c_str());
}

} // namespace

int main(int argc, char** argv) {
    std::string out = "quickstart";
    int threads = 2;
    command_line line{"Train a small cascade on drawn faces, from nothing to annotated pictures, in less than two minutes."};
    line.add("--out", out, "folder for weights and pictures");
    line.add("--threads", threads, "for the net, and as many that draw");
    if (auto const status = line.parse(argc, argv)) return *status;
    return run_program("quickstart", [&] { return run(out, threads), 0; });
}
