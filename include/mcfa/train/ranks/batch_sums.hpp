// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/view.hpp>

#include <cstddef>
#include <vector>

namespace mcfa {

/// What the windows of a batch come to, as sums, so that those of its blocks, computed apart, add up to the batch's: one row of numbers.
class batch_sums {
public:
    /// All 0; the Gramian is that of so many terms, or is not kept.
    batch_sums(net_info const& net, std::size_t gramian_of) : terms_(net.terms), gramian_(gramian_of * gramian_of) {
        std::size_t size = counts + terms_;
        for (stage_info const& stage : net.stages) {
            first_.push_back(size);
            features_.push_back(stage.feature);
            size += terms_ + features_.back() + gramian_;
        }
        values_.resize(size);
    }

    double& windows() { return values_[0]; }
    double windows() const { return values_[0]; }
    /// Windows with a label of any weighted term.
    double& attribute_rows() { return values_[1]; }
    double attribute_rows() const { return values_[1]; }
    /// More than 0 if the training is to end before this step.
    double& stops() { return values_[2]; }
    double stops() const { return values_[2]; }
    /// Labelled windows, by term.
    row<double> labelled() { return part(counts, terms_); }
    row<double const> labelled() const { return part(counts, terms_); }
    /// Losses over labelled windows, by term.
    row<double> losses(std::size_t stage) { return part(first_[stage], terms_); }
    row<double const> losses(std::size_t stage) const { return part(first_[stage], terms_); }
    /// The feature, over windows with a label of any weighted term.
    row<double> features(std::size_t stage) { return part(first_[stage] + terms_, features_[stage]); }
    row<double const> features(std::size_t stage) const { return part(first_[stage] + terms_, features_[stage]); }
    /// Inner products of the weighted terms' gradients at the feature, row by row; empty if it is not kept.
    row<double> gramian(std::size_t stage) { return part(first_[stage] + terms_ + features_[stage], gramian_); }
    row<double const> gramian(std::size_t stage) const { return part(first_[stage] + terms_ + features_[stage], gramian_); }

    /// Everything.
    row<double> values() { return part(0, values_.size()); }
    row<double const> values() const { return part(0, values_.size()); }

private:
    row<double> part(std::size_t first, std::size_t count) { return {values_.data() + first, count}; }
    row<double const> part(std::size_t first, std::size_t count) const { return {values_.data() + first, count}; }

    static constexpr std::size_t counts = 3;
    std::size_t terms_, gramian_;
    std::vector<std::size_t> first_, features_; ///< by stage
    std::vector<double> values_;
};

} // namespace mcfa
