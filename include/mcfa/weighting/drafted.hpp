// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace mcfa::weighting {

/// Values that a rule moves while it weighs and keeps once it learns, so that weighing twice gives the same.
class drafted {
public:
    drafted() = default;
    template <class Length>
    drafted(setting const& given, Length length, double value) : kept_(given, length, value), draft_(given, length, value) {}

    std::span<double const> kept(int stage, std::size_t count) { return kept_.at(stage, count); }
    /// A copy of the kept values, to be moved.
    std::span<double> draft(int stage, std::size_t count) {
        auto const values = draft_.at(stage, count);
        std::ranges::copy(kept_.at(stage, count), values.begin());
        return values;
    }
    void keep(int stage, std::size_t count) { std::ranges::copy(draft_.at(stage, count), kept_.at(stage, count).begin()); }
    template <class F>
    void visit(std::string const& name, F&& f) {
        kept_.visit(name, f);
    }

private:
    per_stage kept_, draft_;
};

} // namespace mcfa::weighting
