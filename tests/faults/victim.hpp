// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/data/synthetic_faces.hpp>
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

/// The programs that are killed and starved: a small training on drawn faces, and one that saves a model.
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

/// Over the file that stands there.
inline void save(std::filesystem::path const& folder, std::uint64_t value) { io::save(made(value), folder / "model.safetensors"); }

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
