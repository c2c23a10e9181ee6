// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/fixed_string.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/task/task.hpp>

#include <algorithm>
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

    /// Per attribute: accuracy, recall, balanced accuracy (mean of recall and specificity) and the accuracy of always naming the
    /// more frequent class; NaN where no window supports one. The mean of each is over attributes that have any label, every attribute counting alike.
    class metric {
    public:
        struct counts {
            double true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;

            double positives() const { return true_positive + false_negative; }
            double negatives() const { return true_negative + false_positive; }
            double total() const { return positives() + negatives(); }
            double accuracy() const { return measured_ratio(true_positive + true_negative, total()); }
            double recall() const { return measured_ratio(true_positive, positives()); }
            double specificity() const { return measured_ratio(true_negative, negatives()); }
            /// Where one class never occurs, the other's rate stands alone.
            double balanced_accuracy() const {
                if (positives() == 0) return specificity();
                if (negatives() == 0) return recall();
                return (recall() + specificity()) / 2;
            }
            double baseline_accuracy() const { return measured_ratio(std::max(positives(), negatives()), total()); }
        };

        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            for (std::size_t k = 0; k < names.size(); ++k) {
                if (mask[k] == 0) continue;
                bool const said = logits[k] > 0, is = target[k] > 0.5f;
                (is ? (said ? counts_[k].true_positive : counts_[k].false_negative)
                    : (said ? counts_[k].false_positive : counts_[k].true_negative)) += 1;
            }
        }
        counts const& of(int attribute) const { return counts_[static_cast<std::size_t>(attribute)]; }
        double mean_accuracy() const {
            return mean([](counts const& c) { return c.accuracy(); });
        }
        double mean_balanced_accuracy() const {
            return mean([](counts const& c) { return c.balanced_accuracy(); });
        }
        double baseline_accuracy() const {
            return mean([](counts const& c) { return c.baseline_accuracy(); });
        }
        std::vector<figure> figures() const {
            return {{"mean_accuracy", mean_accuracy()}, {"mean_balanced_accuracy", mean_balanced_accuracy()}};
        }

    private:
        template <class F>
        double mean(F of_one) const {
            double sum = 0, n = 0;
            for (auto const& c : counts_)
                if (c.total() > 0) sum += of_one(c), n += 1;
            return measured_ratio(sum, n);
        }
        std::array<counts, sizeof...(Names)> counts_{};
    };
};

} // namespace mcfa
