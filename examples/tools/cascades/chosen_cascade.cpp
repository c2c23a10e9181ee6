// SPDX-License-Identifier: MIT
#include "cascades/chosen_cascade.hpp"

#include "cascades/by_stages.hpp"
#include "cascades/cascade_of.hpp"
#include "cascades/nets.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/io/load.hpp>

#include <memory>
#include <string>
#include <utility>

namespace {

/// The net that ships detects in the narrow arithmetics too.
class slim_cascade final : public cascade_of<mcfa::zoo::slim_net> {
public:
    using cascade_of::cascade_of;

    face_finder detector(mcfa::detector_options options, arithmetic in) const override {
        switch (in) {
        case arithmetic::bfloat16:
            return detector_in<mcfa::bfloat16>(std::move(options));
        case arithmetic::int8:
            return detector_in<mcfa::int8>(std::move(options));
        case arithmetic::floats:
            break;
        }
        return detector_in<float>(std::move(options));
    }
    face_finder detector(std::shared_ptr<finder_model const> proposes, mcfa::detector_options options, arithmetic in) const override {
        switch (in) {
        case arithmetic::bfloat16:
            return detector_behind<mcfa::bfloat16>(std::move(proposes), std::move(options));
        case arithmetic::int8:
            return detector_behind<mcfa::int8>(std::move(proposes), std::move(options));
        case arithmetic::floats:
            break;
        }
        return detector_behind<float>(std::move(proposes), std::move(options));
    }
};

} // namespace

std::unique_ptr<chosen_cascade> make_cascade(net_choice const& choice, mcfa::seed seed, int threads) {
    return choose_net(
        choice, [&]() -> std::unique_ptr<chosen_cascade> { return std::make_unique<slim_cascade>(seed, threads); },
        [&] { return std::make_unique<cascade_of<mcfa::zoo::mobile_net>>(seed, threads); },
        [&] { return make_s_cascade(choice.width, seed, threads); }, [&] { return make_sm_cascade(choice.width, seed, threads); },
        [&] { return make_sml_cascade(choice.width, seed, threads); });
}

std::map<std::string, std::string> metadata_of(net_choice const& choice) {
    if (choice.net != "mcfa") return {{"cascade", choice.net}};
    return {{"width", choice.width}, {"stages", std::to_string(choice.stages)}};
}

net_choice choice_of(mcfa::io::safetensors_file const& file) {
    net_choice choice;
    if (auto const named = file.metadata().find("cascade"); named != file.metadata().end()) choice.net = named->second;
    if (choice.net == "mcfa") {
        choice.width = file.metadata_at("width");
        std::string const stages = file.metadata_at("stages");
        if (stages != "1" && stages != "2" && stages != "3")
            throw mcfa::file_error(file.path(), {"stages: '", stages, "', must be 1, 2 or 3"});
        choice.stages = stages[0] - '0';
    }
    return choice;
}

std::shared_ptr<finder_model const> load_finder_model(std::string const& path, int threads) {
    auto const made = std::make_shared<finder_model>(mcfa::backend::eigen{threads});
    mcfa::io::load(*made, path);
    return made;
}

std::unique_ptr<chosen_cascade> load_cascade(mcfa::io::safetensors_file const& file, int threads) {
    net_choice const choice = choice_of(file);
    std::unique_ptr<chosen_cascade> cascade;
    try {
        cascade = make_cascade(choice, mcfa::seed{0}, threads);
    } catch (mcfa::option_error const& unknown) {
        throw mcfa::file_error(file.path(), unknown.what());
    }
    mcfa::io::assign(cascade->model(), file);
    return cascade;
}
