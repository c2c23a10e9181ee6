// SPDX-License-Identifier: MIT
// Trains the net that finds faces at several strides in one pass, on photos with any number of faces.
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/detect/single_shot_trainer.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/zoo/finder.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

struct options {
    std::vector<std::string> data;
    std::string out, init;
    int epochs = 60, threads = 2;
    std::size_t batch = 8;
    double rate = 0.0025, weight_decay = 0.01;
    std::uint64_t seed = 1;
};

int train(options const& o) {
    std::vector<mcfa::detect::face_photo> photos;
    for (std::string const& folder : o.data) {
        auto more = mcfa::detect::read_face_photos(folder);
        std::move(more.begin(), more.end(), std::back_inserter(photos));
    }
    std::size_t faces = 0;
    for (auto const& photo : photos) faces += photo.faces.size();
    std::printf("%zu photos, %zu faces; %zu parameters\n", photos.size(), faces, mcfa::zoo::finder_net::learned);
    mcfa::model<mcfa::zoo::finder_net, float, mcfa::backend::eigen> m{mcfa::seed{7}, mcfa::backend::eigen{o.threads}};
    if (!o.init.empty()) mcfa::io::load(m, o.init);
    mcfa::detect::photo_crops<mcfa::zoo::finder_net> const crops(std::move(photos), {.smallest_face = 9, .largest_face = 200});
    mcfa::single_shot_trainer trainer{m, mcfa::adamw{.rate = o.rate, .weight_decay = o.weight_decay}};
    trainer.fit(crops, {.epochs = o.epochs,
                        .batch = o.batch,
                        .rate = mcfa::one_cycle{.pct_start = 0.05},
                        .seed = {o.seed},
                        .on_epoch = [&](mcfa::single_shot_epoch const& e) {
                            mcfa::io::save(m, o.out); // whole or not at all
                            std::printf("epoch %d: face %.4f, box %.4f; rate %.6f; %.1f s\n", e.epoch, e.losses[0], e.losses[1], e.rate,
                                        e.seconds);
                            std::fflush(stdout);
                        }});
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Train a single_shot that finds faces in photos at strides 8, 16 and 32. The weights are written after every epoch."};
    line.add("--data", o.data, "folders with Img/ and truth.jsonl, a line of JSON for each photo: file, boxes, invalid").required();
    line.add("--out", o.out, "weights, safetensors").required();
    line.add("--init", o.init, "weights to begin with, of an earlier training; none: drawn at random");
    line.add("--epochs", o.epochs, "crops of each photo").positive();
    line.add("--batch", o.batch, "crops in a step").positive();
    line.add("--rate", o.rate, "of AdamW at its peak");
    line.add("--weight-decay", o.weight_decay, "of AdamW");
    line.add("--seed", o.seed, "of order and crops");
    line.add("--threads", o.threads, "for the net").positive();
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("train_finder", [&] { return train(o); });
}
