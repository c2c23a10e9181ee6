// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/split.hpp>
#include <mcfa/task/label.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace mcfa::data {

/// Those of the `wanted` attributes whose labels on the photos of a split are all 1, all -1 or all unknown: a net learns from them to say
/// always the same. Attributes that the data does not have count as unknown. Reads the label of each photo.
inline std::vector<std::string> attributes_of_one_class(split const& photos, std::vector<std::string> const& wanted) {
    auto const names = photos.source().attributes();
    std::vector<std::array<bool, 2>> met(names->names().size()); // no and yes
    for (std::size_t i = 0; i < photos.size(); ++i) {
        auto const labels = photos.label(i).attributes;
        for (std::size_t k = 0; k < labels.size() && k < met.size(); ++k)
            if (labels[k] != 0) met[k][labels[k] > 0] = true;
    }
    std::vector<std::string> alone;
    for (auto const& name : wanted) {
        int const k = names->find(name);
        if (k < 0 || !met[k][0] || !met[k][1]) alone.push_back(name);
    }
    return alone;
}

} // namespace mcfa::data
