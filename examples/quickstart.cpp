// SPDX-License-Identifier: MIT
// Draws faces, trains a small two-stage cascade on them end to end, prints what it learned and shows it on pictures.
#include "command_line/command_line.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/image/annotate.hpp>
#include <mcfa/image/sheet.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
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

/// The photo at twice its size, with what the cascade says: box, landmarks, and beneath it the attributes that are likely.
image::pixels annotated(image::pixels const& photo, image::placement const& place, prediction<tasks> const& said) {
    auto const on_photo = [&](point p) { return image::to_photo(place, p); };
    box const found = said.get<face_box>();
    point const corner = on_photo({found.left, found.top}), end = on_photo({found.right(), found.bottom()});
    image::face_marks face{{corner.x, corner.y, end.x - corner.x, end.y - corner.y}, {}, {}};
    for (point p : said.get<landmarks<5>>()) face.landmarks.push_back(on_photo(p));
    auto large = image::enlarged(photo, 2);
    image::draw_face(large, face, 2.5f, 2);
    std::vector<std::string> words;
    auto const probabilities = said.get<look>();
    for (std::size_t k = 0; k < probabilities.size(); ++k)
        if (probabilities[k] > 0.5f) words.emplace_back(look::names[k]);
    return image::captioned(large, words);
}

template <class Model>
void show(Model const& m, data::split const& photos, std::filesystem::path const& out) {
    image::window_predictor look_at{m, {}, 1};
    std::vector<image::pixels> pictures;
    random_stream random{11};
    for (std::size_t i = 0; i < 12; ++i) {
        auto const [photo, truth] = photos.load(i);
        // As a detector would give it: about right, but neither centred nor of the exact size.
        float const side = 1.6f * std::max(truth.face->width, truth.face->height) * static_cast<float>(random.uniform(0.92, 1.1));
        point const centre{truth.face->centre().x + side * static_cast<float>(random.uniform(-0.06, 0.06)),
                           truth.face->centre().y + side * static_cast<float>(random.uniform(-0.06, 0.06))};
        image::placement const place{centre, side, 0, false};
        pictures.push_back(annotated(photo, place, look_at(photo, place)));
        image::write_png(out / ("face" + std::to_string(i + 1) + ".png"), pictures.back());
    }
    image::write_png(out / "faces.png", image::tiled(pictures, 4));
}

void run(std::filesystem::path const& out, int threads) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{threads}};
    data::synthetic_faces faces{3600, seed{3}};
    std::printf("training on %zu drawn faces, %d threads\n", faces.training().size(), threads);

    trainer t{m, adamw{.rate = 3e-3}, weighting::harder_first{}};
    t.fit(faces.training(), faces.validation(), {.epochs = 10, .batch = 32, .rate = one_cycle{}, .threads = threads});

    validation evaluation(m, 32);
    data::sampling shifted;
    shifted.evaluation = data::evaluation_windows::shifted;
    auto windows = faces.test(shifted).batches(encoding_of(net::info), {.batch = 32, .threads = threads, .training = false});
    windows.begin(0);
    evaluation.run(windows);
    auto const& attributes = evaluation.metric<look>(1);
    std::printf("on unseen faces: accuracy %.3f, balanced %.3f, box IoU %.3f, landmark error %.1f %% of the distance between the eyes\n",
                attributes.mean_accuracy(), attributes.mean_balanced_accuracy(), evaluation.metric<face_box>(1).iou(),
                100 * evaluation.metric<landmarks<5>>(1).nme());
    std::filesystem::create_directories(out);
    io::save(m, out / "faces.safetensors");
    show(m, faces.test(), out);
    std::printf("see %s and the weights beside it\n", (out / "faces.png").string().c_str());
}

} // namespace

int main(int argc, char** argv) {
    std::string out = "quickstart";
    int threads = 2;
    command_line line{"Train a small cascade on drawn faces, from nothing to annotated pictures, in less than two minutes."};
    line.add("--out", out, "folder for weights and pictures");
    line.add("--threads", threads, "for the net, and as many that draw");
    if (auto const status = line.parse(argc, argv)) return *status;
    try {
        run(out, threads);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "quickstart: %s\n", problem.what());
        return 1;
    }
}
