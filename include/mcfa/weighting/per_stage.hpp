// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/policy.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mcfa::weighting {

/// One vector of numbers a stage: what most rules remember.
class per_stage {
public:
    per_stage() = default;

    /// For each stage `length(stage)` values, all `value`.
    template <class Length>
    per_stage(setting const& given, Length length, double value) {
        for (auto const& stage : given.stages) values_.emplace_back(length(stage), value);
    }

    /// The stage's values; throws shape_error where there is no such stage or it holds another number of them.
    std::span<double> at(int stage, std::size_t count) {
        if (stage < 0 || static_cast<std::size_t>(stage) >= values_.size())
            throw shape_error({"weighting: stage ", stage, " of ", values_.size()});
        auto& found = values_[stage];
        if (found.size() != count)
            throw shape_error({"weighting: stage ", stage, " was set up for ", found.size(), " values, found ", count});
        return found;
    }

    /// Calls f("stage0.<name>", values), f("stage1.<name>", values), ...
    template <class F>
    void visit(std::string const& name, F&& f) {
        for (std::size_t stage = 0; stage < values_.size(); ++stage)
            f(std::string_view{"stage" + std::to_string(stage) + "." + name}, values_[stage]);
    }

private:
    std::vector<std::vector<double>> values_;
};

/// The usual length: one value an attribute.
inline int attributes_of(setting::stage const& stage) { return stage.attributes; }

} // namespace mcfa::weighting
