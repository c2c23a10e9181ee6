// SPDX-License-Identifier: MIT
// Trains a small cascade on drawn faces on an NVIDIA GPU. Beside the backend's include, one word differs from a program for the processor.
#include "command_line/command_line.hpp"

#include <mcfa/backend/cuda.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <cstdio>
#include <exception>

using namespace mcfa;

struct look : attributes<"Eyeglasses", "Smiling", "Wearing_Hat", "Mustache"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};

constexpr vgg_options normalised{.batch_norm = true};
struct small
    : stage<input<28>, vgg_block<16, 1, normalised>, vgg_block<32, 1, normalised>, conv<64, conv_options{.kernel = 7, .pad = 0}>, relu> {};
struct large : stage<input<56>, vgg_block<16, 1, normalised>, vgg_block<32, 1, normalised>, vgg_block<48, 2, normalised>, flatten,
                     dense<128>, relu> {};
struct net : cascade<tasks, small, large> {};

namespace {

void run(std::size_t count, int epochs) {
    model<net, float, backend::cuda> m{seed{7}};
    backend::cuda::execution gpu{m.backend()};
    std::printf("%s\n", gpu.description().c_str());

    data::synthetic_faces faces{count, seed{3}};
    trainer t{m, adamw{.rate = 3e-3}, weighting::harder_first{}};
    auto const history = t.fit(faces.training(), faces.validation(), {.epochs = epochs, .batch = 32, .rate = one_cycle{}});
    std::printf("box IoU %.3f\n", history.back().validated.at("box.iou"));
}

} // namespace

int main(int argc, char** argv) {
    std::size_t faces = 3600;
    int epochs = 10;
    command_line line{"Train a small cascade on drawn faces, on an NVIDIA GPU."};
    line.add("--faces", faces, "drawn photos in all");
    line.add("--epochs", epochs, "times through the photos");
    if (auto const status = line.parse(argc, argv)) return *status;
    try {
        run(faces, epochs);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "on_gpu: %s\n", problem.what());
        return 1;
    }
}
