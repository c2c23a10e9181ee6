// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/mcfa.hpp>
#include <mcfa/train/training_folder.hpp>

#include <csignal>
#include <fstream>
#include <iostream>

using namespace mcfa;

struct look : attributes<"Smiling", "Eyeglasses"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
struct small : stage<input<24>, vgg_block<8, 1>, vgg_block<16, 1>, flatten, dense<32>, relu> {};
struct net : cascade<tasks, small> {};

/// Lines in a log of the program's own, in place of those on standard output.
struct log_lines {
    std::ofstream* log;
    void resumed(int epoch) { *log << "resumed after epoch " << epoch << '\n'; }
    void step(step_report const&) {}
    void epoch(epoch_report const& r, int epochs) { *log << "epoch " << r.epoch << " of " << epochs << ": " << r.seconds << " s\n"; }
};

std::sig_atomic_t volatile interrupted = 0;

int main() {
    std::ofstream log("training.log"), curve("curve.csv");
    std::signal(SIGINT, [](int) { interrupted = 1; });

    model<net, float, backend::eigen> m{seed{7}};
    data::synthetic_faces faces{300, seed{3}};
    trainer t{m, adamw{.rate = 3e-3}, weighting::harder_first{}, log_lines{&log}};
    t.stop = [] { return interrupted != 0; };
    t.on_epoch = [&](epoch_report const& r) { // a learning curve: any figure of any task, by its name
        curve << r.epoch << ',' << r.validated.at("attributes.f1") << ',' << r.validated.at("landmarks.nme") << '\n';
    };
    t.fit(faces.training(), faces.validation(),
          {.epochs = 3, .batch = 32, .patience = 2, .monitor = "attributes.f1"}, // stops after two epochs without a better F1
          training_folder{"run"});

    model<net, float, backend::eigen> best{seed{1}};
    io::load(best, "run/best.safetensors");
    trainer again{best, adamw{.rate = 3e-4}, weighting::uniform{}, no_report{}}; // goes on from these weights, on other data
    again.fit(data::synthetic_faces{200, seed{4}}.training(), faces.validation(), {.epochs = 1});
    io::save(best, "fine_tuned.safetensors");
}
