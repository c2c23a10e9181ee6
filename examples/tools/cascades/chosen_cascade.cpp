// SPDX-License-Identifier: MIT
#include "chosen_cascade.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/zoo/slim.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

/// Batch normalisation and a little dropout are ours; without them a net of the paper's depth hardly trains on some thousands of images.
constexpr mcfa::zoo::body_options body{.batch_norm = true, .dropout = 25};

template <class Net>
class cascade_of final : public chosen_cascade {
public:
    cascade_of(mcfa::seed seed, int threads) : model_(std::make_shared<own>(seed, mcfa::backend::eigen{threads})) {}
    model_type& model() override { return *model_; }
    bool sweeps() const override { return mcfa::detect::first_footprint<Net>::slides; }

    face_finder detector(mcfa::detector_options options) const override {
        auto const find = std::make_shared<mcfa::detector<own> const>(*model_, std::move(options));
        return {find->options(),
                [model = model_, find](mcfa::image::pixels const& photo, mcfa::detection_limits_met* met) { return (*find)(photo, met); }};
    }

    window_judge judge(bool mirror) const override {
        auto const judge = std::make_shared<mcfa::image::window_predictor<own>>(*model_, std::vector<float>{}, mirror ? 2 : 1);
        return [model = model_, judge, mirror](mcfa::image::pixels const& photo, mcfa::image::placement const& window) {
            std::vector<mcfa::image::placement> views(mirror ? 2 : 1, window);
            views.back().mirrored = mirror != window.mirrored;
            auto seen = (*judge)(photo, views);
            if (mirror) mcfa::join_mirror_image(seen[0], seen[1]);
            return seen[0];
        };
    }

private:
    using own = mcfa::model<Net, float, mcfa::backend::eigen>;
    std::shared_ptr<own> model_;
};

template <class Width>
std::unique_ptr<chosen_cascade> of_width(net_choice const& choice, mcfa::seed seed, int threads) {
    using namespace mcfa::zoo;
    if (choice.stages == 2) return std::make_unique<cascade_of<mcfa_net_sm<Width, body>>>(seed, threads);
    if (choice.stages == 3) return std::make_unique<cascade_of<mcfa_net<Width, body>>>(seed, threads);
    throw mcfa::option_error("stages: " + std::to_string(choice.stages) + ", must be 2 (S and M) or 3 (S, M and L)");
}

} // namespace

std::unique_ptr<chosen_cascade> make_cascade(net_choice const& choice, mcfa::seed seed, int threads) {
    using mcfa::zoo::width;
    if (choice.net == "slim") return std::make_unique<cascade_of<mcfa::zoo::slim_net>>(seed, threads);
    if (choice.net != "mcfa") throw mcfa::option_error("net: '" + choice.net + "', must be mcfa or slim");
    if (choice.width == "1") return of_width<width<1>>(choice, seed, threads);
    if (choice.width == "1/2") return of_width<width<1, 2>>(choice, seed, threads);
    if (choice.width == "1/4") return of_width<width<1, 4>>(choice, seed, threads);
    if (choice.width == "1/8") return of_width<width<1, 8>>(choice, seed, threads);
    throw mcfa::option_error("width: '" + choice.width + "', must be 1, 1/2, 1/4 or 1/8");
}

std::map<std::string, std::string> metadata_of(net_choice const& choice) {
    if (choice.net != "mcfa") return {{"cascade", choice.net}};
    return {{"width", choice.width}, {"stages", std::to_string(choice.stages)}};
}

std::unique_ptr<chosen_cascade> load_cascade(mcfa::io::safetensors_file const& file, int threads) {
    net_choice choice;
    if (auto const named = file.metadata().find("cascade"); named != file.metadata().end()) choice.net = named->second;
    if (choice.net == "mcfa") {
        choice.width = file.metadata_at("width");
        std::string const stages = file.metadata_at("stages");
        if (stages != "2" && stages != "3") throw mcfa::file_error(file.path(), {"stages: '", stages, "', must be 2 or 3"});
        choice.stages = stages == "2" ? 2 : 3;
    }
    std::unique_ptr<chosen_cascade> cascade;
    try {
        cascade = make_cascade(choice, mcfa::seed{0}, threads);
    } catch (mcfa::option_error const& unknown) {
        throw mcfa::file_error(file.path(), unknown.what());
    }
    mcfa::io::assign(cascade->model(), file);
    return cascade;
}
