// SPDX-License-Identifier: MIT
// This library's side of compare.py: one net, one batch, one thread count; answers requests on its standard input.
//
//     ours <forward|forward16|forward_bfloat16|train> <1|1/4> <batch> <threads> <weights.safetensors> <inputs.safetensors>
//
// Requests, one a line:   run N         -> "times" and N times in milliseconds
//                         outputs FILE  -> float32 values: logits (stage, window, logit), or loss and gradient norm of two steps from the
//                                          weights in the file; then "done"
#include "serve.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;

/// The windows and labels that compare.py drew: "windows0" to "windows2", "targets", "masks".
batch read_batch(net_info const& net, std::size_t size, std::string const& path) {
    auto const file = io::safetensors_file::read(path);
    batch b;
    b.size = size;
    auto const fill = [&](auto& to, std::string const& name) {
        auto const values = file.values<float>(name);
        std::copy_n(values.begin(), to.size(), to.data());
    };
    for (std::size_t j = 0; j < net.stages.size(); ++j) {
        auto const side = static_cast<std::size_t>(net.stages[j].side);
        fill(b.windows.emplace_back(std::array<std::size_t, 4>{size, side, side, 3}), "windows" + std::to_string(j));
    }
    b.targets = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.targets)});
    b.masks = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.terms)});
    fill(b.targets, "targets");
    fill(b.masks, "masks");
    return b;
}

/// From weights prepared once, in the arithmetic `Stored`.
template <class Stored>
class inference : public peers::subject {
public:
    inference(basic_model<float, cpu> const& m, batch b)
        : model_(m), batch_(std::move(b)), ready_(m, batch_.size), workspace_(m, batch_.size, purpose::inference) {}

    void run() override {
        for (std::size_t j = 0; j < batch_.windows.size(); ++j) workspace_.load(j, batch_.windows[j], batch_.size);
        forward(ready_, workspace_, batch_.size);
    }
    std::vector<float> outputs() override {
        run();
        std::size_t const count = batch_.size * static_cast<std::size_t>(model_.net().logits);
        std::vector<float> all(count * batch_.windows.size());
        for (std::size_t j = 0; j < batch_.windows.size(); ++j) workspace_.read(workspace_.logits(j), count, all.data() + j * count);
        return all;
    }

private:
    basic_model<float, cpu> const& model_;
    batch batch_;
    prepared_model<float, cpu, Stored> ready_;
    workspace_for<float, cpu, Stored> workspace_;
};

class training : public peers::subject {
public:
    training(basic_model<float, cpu>& m, batch b)
        : batch_(std::move(b)), step_(m, sgd{.rate = 1e-5, .momentum = 0.9}, weighting::uniform{}, batch_.size, {}, 0, seed{1}) {}

    void run() override { step_.run(batch_, 1); }
    std::vector<float> outputs() override {
        std::vector<float> found;
        for (int i = 0; i < 2; ++i) {
            run();
            double loss = 0;
            for (std::size_t j = 0; j < batch_.windows.size(); ++j)
                for (double const term : step_.losses().means(j)) loss += term; // every label is known
            found.push_back(static_cast<float>(loss));
            found.push_back(static_cast<float>(step_.gradient_norm()));
        }
        return found;
    }

private:
    batch batch_;
    training_step<float, cpu, sgd, weighting::uniform> step_;
};

template <class Net>
void serve_net(std::string const& kind, std::size_t size, int threads, std::string const& weights, std::string const& inputs) {
    model<Net, float, cpu> m{seed{1}, cpu{threads}};
    io::load(m, weights);
    batch b = read_batch(m.net(), size, inputs);
    if (kind == "train") {
        training s(m, std::move(b));
        peers::serve(s);
    } else if (kind == "forward16") {
        inference<float16> s(m, std::move(b));
        peers::serve(s);
    } else if (kind == "forward_bfloat16") {
        inference<bfloat16> s(m, std::move(b));
        peers::serve(s);
    } else {
        inference<float> s(m, std::move(b));
        peers::serve(s);
    }
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 7)
        throw option_error("usage: ours <forward|forward16|forward_bfloat16|train> <1|1/4> <batch> <threads> <weights> <inputs>");
    std::string const kind = argv[1], width = argv[2];
    auto const size = static_cast<std::size_t>(std::stoul(argv[3]));
    int const threads = std::stoi(argv[4]);
    if (width == "1") serve_net<zoo::mcfa_net<zoo::width<1>>>(kind, size, threads, argv[5], argv[6]);
    else if (width == "1/4") serve_net<zoo::mcfa_net<zoo::width<1, 4>>>(kind, size, threads, argv[5], argv[6]);
    else throw option_error("width is '" + width + "', expected 1 or 1/4");
} catch (std::exception const& e) {
    std::cerr << "ours: " << e.what() << '\n';
    return 1;
}
