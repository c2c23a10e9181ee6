// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/window_cutter.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/io/load_matching.hpp>
#include <mcfa/io/sequential_rules.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/flatten.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <span>

using namespace mcfa;

struct vgg16 : stage<input<224, 3, pixels::imagenet>, vgg_block<64, 2>, vgg_block<128, 2>, vgg_block<256, 3>, vgg_block<512, 3>,
                     vgg_block<512, 3>, flatten> {};
struct net : cascade<heads<face_class>, vgg16> {};

int main(int argc, char** argv) {
    if (argc != 4) return std::cerr << "usage: torchvision <weights> <photo> <file for the features>\n", 2;
    model<net, float, backend::eigen> m{seed{1}, backend::eigen{.threads = 2}};
    std::cout << io::load_matching(m, argv[1], io::sequential_rules(m.net(), "vgg16", "features")).text();

    auto const photo = image::read(argv[2]);
    auto const height = static_cast<float>(image::height(photo)), width = static_cast<float>(image::width(photo));
    image::window_cutter cut(m.net(), 1); // room for one window
    cut.fill(photo, {{width / 2, height / 2}, std::min(width, height), 0, false}, 0, 1);
    workspace w{m, 1, purpose::inference};
    w.load(0, cut.windows()[0], 1);
    forward(prepared_model{m}, w, 1);
    std::span<float const> const features(w.feature(0), 512 * 7 * 7); // channel by channel, as torch.flatten has them
    std::ofstream(argv[3], std::ios::binary).write(reinterpret_cast<char const*>(features.data()), features.size_bytes());
}
