// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::score {

/// What a net says of the attributes of some faces, beside their labels: a row a face, a column an attribute. A face belongs to a group, its
/// person where that is known and else itself: faces of one person are no independent samples.
class attribute_samples {
public:
    explicit attribute_samples(std::vector<std::string> names) : names_(std::move(names)) {}

    /// A face: probabilities 0 to 1 and labels 1, -1 or 0 (unknown), in the order of the names, and the number of its group.
    /// Throws `shape_error` for another number of either, `option_error` for a probability that is none.
    void add(std::span<float const> probabilities, std::span<std::int8_t const> labels, std::size_t group) {
        if (probabilities.size() != names_.size() || labels.size() != names_.size())
            throw shape_error({"attribute samples: ", probabilities.size(), " probabilities and ", labels.size(), " labels of ",
                               names_.size(), " attributes"});
        for (std::size_t k = 0; k < probabilities.size(); ++k)
            if (!(probabilities[k] >= 0 && probabilities[k] <= 1))
                throw option_error({"attribute samples: ", names_[k], " is ", probabilities[k], ", expected a probability from 0 to 1"});
        probabilities_.insert(probabilities_.end(), probabilities.begin(), probabilities.end());
        labels_.insert(labels_.end(), labels.begin(), labels.end());
        groups_.push_back(group);
    }

    std::vector<std::string> const& names() const { return names_; }
    std::size_t attributes() const { return names_.size(); }
    /// Number of faces.
    std::size_t size() const { return groups_.size(); }
    float probability(std::size_t face, std::size_t attribute) const { return probabilities_[face * attributes() + attribute]; }
    int label(std::size_t face, std::size_t attribute) const { return labels_[face * attributes() + attribute]; }
    std::size_t group(std::size_t face) const { return groups_[face]; }

private:
    std::vector<std::string> names_;
    std::vector<float> probabilities_; ///< (face, attribute)
    std::vector<std::int8_t> labels_;  ///< (face, attribute)
    std::vector<std::size_t> groups_;
};

} // namespace mcfa::score
