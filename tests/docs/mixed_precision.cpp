// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/mcfa.hpp>
#include <mcfa/train/training_folder.hpp>

using namespace mcfa;

struct look : attributes<"Smiling", "Eyeglasses"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
struct small : stage<input<24>, vgg_block<8, 1>, vgg_block<16, 1>, flatten, dense<32>, relu> {};
struct net : cascade<tasks, small> {};

int main() {
    data::synthetic_faces faces{300, seed{3}};
    model<net, float, backend::eigen_in<bf16>> m{seed{7}};
    trainer t{m, adamw{.rate = 3e-3}, weighting::uniform{}};
    t.fit(faces.training(), faces.validation(), {.epochs = 2}, training_folder{"in_bf16"});

    model<net, float, backend::eigen> same{seed{7}}; // goes on in float
    trainer last{same, adamw{.rate = 3e-3}, weighting::uniform{}};
    last.fit(faces.training(), faces.validation(), {.epochs = 3}, training_folder{.path = "in_bf16", .resume = true});
}
