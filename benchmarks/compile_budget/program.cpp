#include <iostream>

#include <mcfa/mcfa.hpp>
#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/read.hpp>

using namespace mcfa;

// What every stage learns. Structs, not aliases: symbols stay short and messages print these names.
struct look  : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};

// Coarse to fine. Only the input side is written; every later shape follows from it.
struct small : stage<input<56>,  vgg_block<16, 2>, vgg_block<32, 2>, vgg_block<64, 3>, conv<64, conv_options{.kernel = 7, .pad = 0}>, relu> {};
struct large : stage<input<112>, vgg_block<16, 2>, vgg_block<32, 2>, vgg_block<64, 3>, vgg_block<128, 3>, flatten, dense<256>, relu> {};
struct net   : cascade<tasks, small, large> {};
static_assert(net::feature<large> == 256 + 64); // large also sees small's feature

int main(int argc, char** argv) {
    if (argc != 3) return std::cerr << "usage: program <folder of CelebA> <photo>\n", 2;

    model<net, float, backend::eigen> m{seed{7}};
    data::celeba faces{argv[1]};
    trainer t{m, sgd{.rate = 0.01, .momentum = 0.9}, weighting::harder_first{}};
    t.fit(faces.training(), faces.validation(), {.epochs = 10, .batch = 32});
    io::save(m, "faces.safetensors");

    detector find{m, {.thresholds = {0.6, 0.7}}};
    for (auto const& face : find(image::read(argv[2])))
        if (face.attribute<"Smiling">() > 0.5) std::cout << face.box << '\n';
}
