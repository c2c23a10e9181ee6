// Trains the paper's cascade on a folder of photos in CelebA's layout, end to end.
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/model/describe.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/any_policy.hpp>

#include "networks.hpp"

namespace {

struct options {
    std::string data, out, width = "1/4", weighting = "harder_first";
    int stages = 3, epochs = 12, threads = 2;
    std::size_t batch = 32;
    double rate = 2e-3;
    std::uint64_t seed = 1;
    bool resume = false;
};

void train(options const& o, mcfa::basic_model<float, mcfa::backend::eigen>& model) {
    auto const policy = mcfa::weighting::make(o.weighting);
    mcfa::data::celeba faces{o.data};
    mcfa::data::sampling windows;
    windows.angle = 6; // the photos of this layout are upright
    auto const training = faces.training(windows), validation = faces.validation();
    std::printf("%s\n", mcfa::describe(model.net(), o.batch).c_str());
    std::printf("%zu photos to train on, %zu to validate; weights by %s; %d threads\n", training.size(), validation.size(),
                o.weighting.c_str(), o.threads);

    mcfa::training_options t;
    t.epochs = o.epochs;
    t.batch = o.batch;
    t.rate = mcfa::one_cycle{};
    t.clip = 20;
    t.monitor = "attributes.mean_accuracy";
    t.scales = {{"box", 50.0}, {"landmarks", 500.0}}; // in window units these losses are small beside forty attributes
    t.seed = mcfa::seed{o.seed};
    t.threads = o.threads;
    t.out = o.out;
    t.resume = o.resume;
    t.metadata = {{"width", o.width}, {"stages", std::to_string(o.stages)}};

    mcfa::trainer trainer{model, mcfa::adamw{.rate = o.rate, .weight_decay = 0.05}, policy};
    trainer.fit(training, validation, t);
    std::printf("weights of the best epoch: %s\n", (t.out / "best.safetensors").string().c_str());
}

} // namespace

int main(int argc, char** argv) {
    options o;
    CLI::App app{"Train a multi-task cascade for face, box, landmarks and 40 attributes on photos in CelebA's folder layout."};
    app.option_defaults()->always_capture_default();
    app.add_option("--data", o.data, "folder with Img/, Anno/ and Eval/")->required();
    app.add_option("--out", o.out, "folder for best.safetensors, last.safetensors and log.jsonl")->required();
    app.add_option("--width", o.width, "of every layer, times the paper's: 1, 1/2, 1/4 or 1/8");
    app.add_option("--stages", o.stages, "3: S, M and L; 2: S and M alone, a fifth of the work");
    app.add_option("--weighting", o.weighting, "how attributes are weighted: uniform, harder_first, trend, uncertainty, average or random");
    app.add_option("--epochs", o.epochs, "times through the training photos");
    app.add_option("--batch", o.batch, "windows in a step");
    app.add_option("--rate", o.rate, "peak learning rate of the one-cycle schedule");
    app.add_option("--seed", o.seed, "of initial weights, order, augmentation and dropout");
    app.add_option("--threads", o.threads, "for the net, and as many that read photos; the result is the same for any number");
    app.add_flag("--resume", o.resume, "go on from last.safetensors in --out");
    CLI11_PARSE(app, argc, argv);

    try {
        with_net(o.width, o.stages, [&]<class Net>() {
            mcfa::model<Net, float, mcfa::backend::eigen> model{mcfa::seed{o.seed}, mcfa::backend::eigen{o.threads}};
            train(o, model);
        });
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "train: %s\n", problem.what());
        return 1;
    }
}
