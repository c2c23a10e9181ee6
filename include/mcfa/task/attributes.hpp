// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/fixed_string.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/score/binary_counts.hpp>
#include <mcfa/score/impossible.hpp>
#include <mcfa/task/task.hpp>

#include <array>
#include <cmath>

namespace mcfa {

template <class Attributes, fixed_string Name, bool Known>
struct attribute_is_unknown {
    static_assert(Known, "mcfa: no attribute of this name is among the net's attributes; see <attributes, name> above");
};

/// Binary attributes by name, one logit and one term each, under binary cross-entropy; the weighting policy sets their weights.
/// Learned from positive windows; a missing label (0) is masked for that attribute alone.
template <fixed_string... Names>
struct attributes {
    static constexpr std::string_view name = "attributes";
    static constexpr int length = sizeof...(Names);
    using loss = binary_cross_entropy;
    static constexpr bool weighted = true;
    static constexpr std::array<std::string_view, sizeof...(Names)> names{Names.view()...};

    /// Position of an attribute; an unknown name does not compile.
    template <fixed_string Name>
    static constexpr int index() {
        constexpr int found = [] {
            for (std::size_t i = 0; i < names.size(); ++i)
                if (names[i] == Name.view()) return static_cast<int>(i);
            return -1;
        }();
        static_assert(stated<attribute_is_unknown<attributes, Name, (found >= 0)>>);
        return found;
    }

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        for (std::size_t k = 0; k < names.size(); ++k) {
            int const value = label.kind == window_kind::positive ? label.attribute(names[k]) : 0;
            target[k] = value > 0 ? 1.0f : 0.0f;
            mask[k] = value != 0 ? 1.0f : 0.0f;
        }
    }
    static void mirror(std::span<float>) {}

    /// Probability of each attribute, 0 to 1.
    static std::array<float, sizeof...(Names)> decode(std::span<float const> logits) {
        std::array<float, sizeof...(Names)> probabilities;
        for (std::size_t k = 0; k < names.size(); ++k) probabilities[k] = 1 / (1 + std::exp(-logits[k]));
        return probabilities;
    }

    /// Per attribute what `score::binary_counts` says at a probability of 0.5; `not_measured` where no window supports it. The mean of each is over
    /// the attributes that have it, every attribute counting alike.
    class metric {
    public:
        using counts = score::binary_counts;

        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            bool labelled = false;
            for (std::size_t k = 0; k < names.size(); ++k) {
                if (mask[k] == 0) continue;
                labelled = true;
                counts_[k].add(logits[k] > 0, target[k] > 0.5f);
            }
            if (!labelled || impossible_.empty()) return;
            judged_ += 1;
            broken_ += impossible_.in([&](std::size_t k) { return logits[k] > 0; });
        }
        counts const& of(int attribute) const { return counts_[attribute]; }
        double mean_accuracy() const { return mean(&counts::accuracy); }
        double mean_balanced_accuracy() const { return mean(&counts::balanced_accuracy); }
        double baseline_accuracy() const { return mean(&counts::baseline_accuracy); }
        /// Mean of F1 of the positive class.
        double f1() const { return mean(&counts::f1); }
        /// Mean of the recall of the positive class.
        double macro_recall() const { return mean(&counts::recall); }
        /// Share of the windows with a label of which an impossible combination is said; see `score::impossible_pairs`.
        double impossible() const { return measured_ratio(broken_, judged_); }
        std::vector<figure> figures() const {
            return {{"mean_accuracy", mean_accuracy()},         {"mean_balanced_accuracy", mean_balanced_accuracy()},
                    {"baseline_accuracy", baseline_accuracy()}, {"f1", f1()},
                    {"macro_recall", macro_recall()},           {"impossible", impossible()}};
        }

    private:
        double mean(double (counts::*of_one)() const) const {
            double sum = 0, n = 0;
            for (auto const& c : counts_)
                if (double const value = (c.*of_one)(); value == value) sum += value, n += 1;
            return measured_ratio(sum, n);
        }
        std::array<counts, sizeof...(Names)> counts_{};
        score::impossible_combinations impossible_{names};
        double judged_ = 0, broken_ = 0;
    };
};

} // namespace mcfa
