// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/model/workspace.hpp>
#include <mcfa/op/gramian.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace mcfa {

/// Inner products of the gradients that the weighted terms' losses have at a stage's feature.
///
/// The heads are linear, z = W h + b. So the gradient of term k at a sample's feature is the sum of (dL_k/dz_l) W_l over the logits l of
/// the term, and the inner products of the terms' gradients, over all samples and features, are sums over blocks of the logits' own.
class attribute_gramian {
public:
    explicit attribute_gramian(net_info const& net) {
        for (task_info const& task : net.tasks)
            for (int k = 0; k < task.terms && task.weighted; ++k) {
                int const logits = task.length / task.terms, first = task.first_logit + k * logits;
                logits_of_term_.emplace_back(first, first + logits);
            }
    }

    /// For stage j, whose logits' gradients are those of the unweighted losses: the inner products divided by the square of the number of
    /// samples, (weighted terms, weighted terms). The view lives until the next call.
    template <class T, class B>
    matrix<double const> measure(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch) {
        if (logits_of_term_.empty()) return {};
        stage_info const& stage = m.net().stages[j];
        std::size_t const first = logits_of_term_.front().first, feature = stage.feature;
        std::size_t const logits = static_cast<std::size_t>(logits_of_term_.back().second) - first, terms = logits_of_term_.size();
        of_logits_.resize(logits * logits);
        matrix<double> const all{of_logits_.data(), logits, logits};
        compute(w.run, head_gramian<T>{.weights = {m.data() + stage.first_head_weight + first * feature, logits, feature},
                                       .dlogits = {w.logits_gradient(j), batch, m.net().logits},
                                       .first_logit = static_cast<int>(first),
                                       .gramian = all});
        of_terms_.resize(terms * terms);
        double const samples = static_cast<double>(batch);
        for (std::size_t k = 0; k < terms; ++k)
            for (std::size_t l = 0; l <= k; ++l) {
                double sum = 0;
                for (int a = logits_of_term_[k].first; a < logits_of_term_[k].second; ++a)
                    for (int b = logits_of_term_[l].first; b < logits_of_term_[l].second; ++b) sum += all(a - first, b - first);
                if (k == l && sum < 0) sum = 0; // what a block's rounding may leave of two gradients that cancel
                of_terms_[k * terms + l] = of_terms_[l * terms + k] = sum / (samples * samples);
            }
        return {of_terms_.data(), terms, terms};
    }

private:
    std::vector<std::pair<int, int>> logits_of_term_; ///< first, and behind the last
    std::vector<double> of_logits_, of_terms_;
};

} // namespace mcfa
