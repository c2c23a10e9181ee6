// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/split.hpp>
#include <mcfa/score/attribute_samples.hpp>
#include <mcfa/score/groups.hpp>
#include <mcfa/train/validation.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What the last stage said of each face of a split, on its exact window, beside what the data says.
struct judged_faces {
    using attribute_task = mcfa::zoo::celeba_attributes;
    using landmark_task = mcfa::landmarks<5>;

    /// A face whose landmarks are known.
    struct landmark_error {
        std::size_t photo = 0, group = 0; ///< the photo's number in the data set
        double error = 0;                 ///< over the distance between the eyes
    };

    mcfa::score::attribute_samples attributes{{attribute_task::names.begin(), attribute_task::names.end()}};
    std::vector<std::size_t> photos; ///< of each face in `attributes`, its number in the data set
    std::vector<landmark_error> landmarks;
    mcfa::score::group_numbers groups; ///< of persons, or of photos where they are not known

    /// Takes a window in. Windows without a label for attributes or landmarks say nothing here.
    void add(mcfa::validated_window const& window, mcfa::net_info const& net, mcfa::data::dataset const& data) {
        if (window.stage + 1 != net.stages.size()) return;
        std::size_t const photo = window.of.photos.at(window.row);
        std::size_t group = 0;
        bool grouped = false;
        auto const group_of_face = [&] {
            if (!grouped) group = groups.of(data.label(photo).person), grouped = true;
            return group;
        };
        for (mcfa::task_info const& task : net.tasks) {
            auto const part = [](std::span<float const> row, int first, int count) {
                return row.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
            };
            auto const logits = part(window.logits, task.first_logit, task.length);
            auto const target = part(window.targets, task.first_target, task.targets);
            auto const mask = part(window.mask, task.first_term, task.terms);
            if (task.name == landmark_task::name && mask[0] != 0)
                landmarks.push_back({photo, group_of_face(), landmark_task::error(logits, target)});
            if (task.name != attribute_task::name) continue;
            std::vector<std::int8_t> labels;
            bool known = false;
            for (std::size_t k = 0; k < mask.size(); ++k) {
                labels.push_back(static_cast<std::int8_t>(mask[k] == 0 ? 0 : target[k] > 0.5f ? 1 : -1));
                known = known || mask[k] != 0;
            }
            if (!known) continue;
            attributes.add(attribute_task::decode(logits), labels, group_of_face());
            photos.push_back(photo);
        }
    }
};
