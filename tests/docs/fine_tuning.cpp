// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/io/load_matching.hpp>
#include <mcfa/mcfa.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <filesystem>
#include <iostream>
#include <string>

using namespace mcfa;

struct my_look : attributes<"Bangs", "Mouth_Slightly_Open", "Wearing_Lipstick"> {};
struct my_net : cascade<heads<face_class, face_box, landmarks<5>, my_look>, zoo::slim_s, zoo::slim_m> {};
using my_model = model<my_net, float, backend::eigen>;

/// Trains and returns the mean balanced accuracy of the attributes on `held_out`.
double train(my_model& m, data::split const& photos, data::split const& held_out, training_options const& options) {
    trainer t{m, adamw{.rate = 2e-3, .weight_decay = 0.05}, weighting::uniform{}};
    return t.fit(photos, held_out, options).back().validated.at("attributes.mean_balanced_accuracy");
}

int main(int argc, char** argv) {
    // fine_tuning [<folder in CelebA's layout> [<seed> [<weights>]]]; without photos, drawn faces; without weights, those that ship
    seed const first_values{argc > 2 ? std::stoull(argv[2]) : 1};
    std::filesystem::path const weights = argc > 3 ? argv[3] : zoo::pretrained::slim_file();
    data::synthetic_faces const drawn{200, seed{3}};
    auto const training = argc > 1 ? data::celeba{argv[1]}.training().first(500) : drawn.training();
    auto const held_out = argc > 1 ? data::celeba{argv[1]}.test().first(1000) : drawn.validation();
    int const epochs = argc > 1 ? 20 : 2;

    my_model tuned{first_values};
    auto const report = io::load_matching(tuned, weights, {{"slim_s.*"}, {"slim_m.*"}});
    std::cout << report.text(); // the heads of 40 attributes were not taken: these three are new
    double const with =
        train(tuned, training, held_out, {.epochs = epochs, .rate = one_cycle{}, .frozen = {"slim_s"}, .rates = {{"slim_m.conv*", 0.1}}});

    my_model fresh{first_values};
    double const without = train(fresh, training, held_out, {.epochs = epochs, .rate = one_cycle{}});
    std::cout << "mean balanced accuracy: " << with << " fine-tuned, " << without << " from nothing\n";
    io::save(tuned, "fine_tuned.safetensors");
}
