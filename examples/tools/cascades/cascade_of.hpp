// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"
#include "cascades/nets.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/window_predictor.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// A net as the programs see it. Compiling one takes long.
template <class Net>
class cascade_of : public chosen_cascade {
public:
    cascade_of(mcfa::seed seed, int threads) : model_(std::make_shared<own>(seed, mcfa::backend::eigen{threads})) {}
    model_type& model() override { return *model_; }
    bool sweeps() const override { return mcfa::detect::first_footprint<Net>::slides; }

    face_finder detector(mcfa::detector_options options, arithmetic in) const override {
        if (in != arithmetic::floats)
            throw mcfa::option_error("arithmetic: detection in bfloat16 and int8 is for the net slim; take float");
        return this->template detector_in<float>(std::move(options));
    }

    face_finder detector(std::shared_ptr<finder_model const>, mcfa::detector_options, arithmetic) const override {
        throw mcfa::option_error("finder: detection behind a single_shot is for the net slim; leave --finder out");
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

protected:
    using own = mcfa::model<Net, float, mcfa::backend::eigen>;

    template <class Stored>
    face_finder detector_in(mcfa::detector_options options) const {
        auto const find = std::make_shared<mcfa::detector<own, Stored> const>(*model_, std::move(options));
        return {find->options(),
                [model = model_, find](mcfa::image::pixels const& photo, mcfa::detection_limits_met* met) { return (*find)(photo, met); }};
    }

    template <class Stored>
    face_finder detector_behind(std::shared_ptr<finder_model const> proposes, mcfa::detector_options options) const {
        auto const find = std::make_shared<mcfa::detector<own, Stored, finder_model> const>(*proposes, *model_, std::move(options));
        return {find->options(), [model = model_, proposes = std::move(proposes),
                                  find](mcfa::image::pixels const& photo, mcfa::detection_limits_met* met) { return (*find)(photo, met); }};
    }

private:
    std::shared_ptr<own> model_;
};

/// The paper's cascade of some stages at the width that is named. Throws mcfa::option_error for a width that there is none of.
template <template <class, mcfa::zoo::body_options, class> class Net>
std::unique_ptr<chosen_cascade> cascade_of_width(std::string const& name, mcfa::seed seed, int threads) {
    return with_width<Net>(
        name, [&]<class Any>() -> std::unique_ptr<chosen_cascade> { return std::make_unique<cascade_of<Any>>(seed, threads); });
}
