// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/mining_rounds.hpp>
#include <mcfa/image/annotate.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

/// The programs that are killed and starved: a small training on drawn faces, one that mines false alarms as it goes, one that saves a model, and one
/// that draws faces on a photo and writes the picture.
namespace victim {

using namespace mcfa;

struct small : stage<input<8>, conv<4>, relu, max_pool<2>, flatten, dense<6>, relu> {};
struct large : stage<input<12>, conv<4>, batch_norm, relu, max_pool<2>, flatten, dense<6>, relu> {};
struct net : cascade<heads<face_class, face_box, landmarks<5>, attributes<"Smiling", "Eyeglasses">>, small, large> {};
using net_model = model<net, float, backend::eigen>;

inline net_model made(std::uint64_t value) { return net_model{seed{value}, backend::eigen{.threads = 1}}; }

inline void train(std::filesystem::path const& folder, bool resume) {
    data::synthetic_faces const faces{20, seed{5}, 24};
    auto m = made(3);
    trainer t{m, sgd{.rate = 0.01, .momentum = 0.9}, weighting::harder_first{}, no_report{}};
    t.fit(faces.training(), faces.validation(), {.epochs = 2, .batch = 8, .rate = cosine_decay{}, .threads = 1},
          training_folder{.path = folder, .resume = resume});
}

/// Three epochs, with a round of mining after the first and the second.
inline void mine(std::filesystem::path const& folder, bool resume) {
    data::synthetic_faces const faces{20, seed{5}, 40};
    auto const training = faces.training();
    auto m = made(3);
    trainer t{m, sgd{.rate = 0.01, .momentum = 0.9}, weighting::harder_first{}, no_report{}};
    detect::mining_rounds rounds({.rounds = 2, .epochs = 3, .photos = 4, .smallest_face = 12}, training, folder, m,
                                 [&](detector_options how) { return detector{m, how}; });
    if (resume) rounds.resume();
    t.on_epoch = [&](epoch_report const& report) { rounds.after(report.epoch); };
    t.fit(training, faces.validation(), {.epochs = 3, .batch = 8, .threads = 1}, training_folder{.path = folder, .resume = resume});
}

/// Over the file that stands there, as `draw` does.
inline void save(std::filesystem::path const& folder, std::uint64_t value) { io::save(made(value), folder / "model.safetensors"); }

inline void draw(std::filesystem::path const& folder, std::uint64_t value) {
    auto const photo = image::blank(120, 160, 90, 90, static_cast<std::uint8_t>(value));
    std::vector<image::face_marks> const faces{{{40, 30, 50, 60}, {{50, 50}, {70, 50}}, {"a face", "smiling"}}};
    auto const picture = image::annotated(photo, faces);
    image::write_png(folder / "picture.png", picture);
    image::write_jpeg(folder / "picture.jpg", picture);
}

/// As a command-line program would: 0, or a message on standard error and 1.
template <class F>
int run(F body) {
    try {
        body();
        return 0;
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}

} // namespace victim
