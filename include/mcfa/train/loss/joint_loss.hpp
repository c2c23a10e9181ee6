// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/model/workspace.hpp>
#include <mcfa/op/loss.hpp>
#include <mcfa/op/reduction.hpp>
#include <mcfa/train/loss/attribute_gramian.hpp>
#include <mcfa/weighting/policy.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mcfa {

/// The joint loss of a cascade on a batch of N windows, every stage j, task t and term k (an attribute, or the task itself):
///     L = 1/N * sum over n, j, t, k of  scale_t * u[j][k] * mask[n][k] * loss(logits[n][j], target[n])
/// u comes from the weighting policy for the terms of weighted tasks and is 1 for the others. A label that is missing has mask 0.
///
/// With a hard example share below 1, only that share of the labelled samples of a batch, those with the highest losses, trains the tasks
/// whose target is a class index. Each stage chooses by its own losses. The gradients of the other samples are 0; means count all samples.
/// This is the online hard example mining of Zhang et al. (IEEE Signal Processing Letters 2016), with a share of 0.7 there.
template <class T, class B>
class joint_loss {
public:
    /// Scales by task name, 1 if none is given. Throws `option_error` for a name that is no task, and for a hard share outside 0 to 1.
    joint_loss(basic_model<T, B> const& m, std::size_t capacity, std::map<std::string, double> const& scales, double hard_example_share = 1)
        : net_(&m.net()),
          losses_(m.losses()),
          terms_(net_->terms),
          targets_(capacity * net_->targets),
          masks_(capacity * terms_),
          values_(capacity * terms_),
          factors_(terms_),
          row_weights_(capacity),
          scale_of_term_(terms_, 1.0),
          means_(net_->stages.size(), std::vector<double>(terms_)),
          gramian_(*net_),
          hard_example_share_(hard_example_share) {
        if (!(hard_example_share > 0 && hard_example_share <= 1))
            throw option_error({"the share of hard examples is ", hard_example_share, ", must be above 0 and at most 1"});
        if (hard_example_share < 1) hard_masks_ = buffer(capacity * terms_);
        for (auto const& [name, scale] : scales) {
            if (!(scale >= 0 && std::isfinite(scale)))
                throw option_error({"scale for '", name, "' is ", scale, ", must be finite and not negative"});
            bool known = false;
            for (task_info const& task : net_->tasks)
                if (task.name == name) {
                    known = true;
                    for (int k = 0; k < task.terms; ++k) scale_of_term_[task.first_term + k] = scale;
                }
            if (known) continue;
            std::string all;
            for (task_info const& task : net_->tasks) all.append(all.empty() ? "" : ", ").append(task.name);
            throw option_error({"scale for '", name, "': no task of this name; there are ", all});
        }
        for (task_info const& task : net_->tasks)
            for (int k = 0; k < task.terms && task.weighted; ++k) weighted_.push_back(task.first_term + k);
        weighted_losses_.resize(weighted_.size());
    }

    /// Another of the same options, for other windows of the same step.
    joint_loss like(basic_model<T, B> const& m, std::size_t capacity) const {
        joint_loss other(m, capacity, {}, hard_example_share_);
        other.scale_of_term_ = scale_of_term_;
        return other;
    }

    /// Whether the policy looks at the Gramian or at norms, which are its diagonal.
    template <weighting::policy Policy>
    static bool wants_gramian(Policy const& p) {
        using policy_traits = weighting::policy_traits<Policy>;
        return policy_traits::wants_gradient_norms(p) || policy_traits::wants_gramian(p);
    }

    /// Positions of the terms whose weights the policy sets.
    std::vector<std::size_t> const& weighted() const { return weighted_; }
    /// Mean loss of each term of a stage over the last batch's labelled samples; NaN if there was none.
    std::vector<double> const& means(std::size_t stage) const { return means_[stage]; }
    /// Labelled samples of each term in the last batch.
    std::vector<double> const& labelled() const { return labelled_; }
    double scale(std::size_t term) const { return scale_of_term_[term]; }

    /// Takes over the labels of a batch.
    void load(workspace<T, B>& w, batch const& b) {
        batch_ = b.size;
        w.copy_in(targets_.data(), b.targets.data(), batch_ * net_->targets);
        w.copy_in(masks_.data(), b.masks.data(), batch_ * terms_);
        labelled_.assign(terms_, 0);
        rows_.assign(batch_, 0.0f);
        for (std::size_t n = 0; n < batch_; ++n) {
            for (std::size_t k = 0; k < terms_; ++k) labelled_[k] += b.masks(n, k);
            for (std::size_t k : weighted_)
                if (b.masks(n, k) > 0) rows_[n] = 1;
        }
        if (picks_hard()) host_masks_.assign(b.masks.data(), b.masks.data() + batch_ * terms_);
        float count = 0;
        for (float const r : rows_) count += r;
        attribute_rows_ = static_cast<double>(count);
        if (count > 0)
            for (float& r : rows_) r /= count;
        w.copy_in(row_weights_.data(), rows_.data(), batch_);
    }

    /// The losses of stage j from its logits, in `values()`, and their unweighted gradients.
    void compute(workspace<T, B>& w, std::size_t j) {
        for (std::size_t t = 0; t < losses_.size(); ++t) evaluate_task(w, j, t, masks_);
    }
    /// Losses of the stage computed last, (batch, terms), and each sample's share in the mean feature, in the backend's memory.
    T const* values() const { return values_.data(); }
    T const* row_weights() const { return row_weights_.data(); }

    /// `compute`, and the means. Throws `divergence_error` for a loss that is not finite.
    void evaluate(workspace<T, B>& w, std::size_t j) {
        compute(w, j);
        mcfa::compute(w.run, weighted_column_sums<T>{.x = {values(), batch_, terms_}, .sums = means_[j]});
        take_means(j, means_[j], labelled_);
        keep_hard(w, j);
    }

    /// Whether only the hardest samples of a batch train the class.
    bool picks_hard() const { return hard_example_share_ < 1; }

    /// Where only hard samples train the class, evaluates the softmax losses of stage j, which was computed last, once more, with the masks
    /// of all others at 0. Of equal losses the earlier is harder. Waits for the losses.
    void keep_hard(workspace<T, B>& w, std::size_t j) {
        if (!picks_hard()) return;
        class_losses_.clear();
        read_class_losses(w, class_losses_);
        easy_.clear();
        for (std::size_t first = 0; first < class_losses_.size(); first += batch_)
            choose_easy({class_losses_.data() + first, batch_}, easy_);
        drop_easy(w, j, easy_);
    }

    /// Appends what the choice goes by: for each task whose target is a class index its losses of the stage computed last, (batch), minus
    /// infinity without a label. What is not a number is the highest of all.
    void read_class_losses(workspace<T, B>& w, std::vector<double>& to) {
        host_values_.resize(batch_ * terms_);
        w.run.copy_out(host_values_.data(), as_const(values_), host_values_.size());
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (task_info const& task : net_->tasks) {
            if (task.target != target_kind::class_index) continue;
            std::size_t const first = to.size();
            to.resize(first + batch_);
            for (std::size_t i = task.first_term, n = 0; n < batch_; ++n, i += terms_) {
                auto const value = static_cast<double>(host_values_[i]);
                to[first + n] = !(host_masks_[i] > 0) ? -infinity : std::isnan(value) ? infinity : value;
            }
        }
    }
    /// Appends for each loss of one task, those of a whole batch, 1 if its sample is too easy to train the class, else 0.
    void choose_easy(std::span<double const> losses, std::vector<float>& easy) {
        double labels = 0;
        for (double const loss : losses) labels += loss > -std::numeric_limits<double>::infinity();
        rank(losses, by_loss_);
        std::size_t const first = easy.size();
        easy.resize(first + losses.size());
        for (auto i = static_cast<std::size_t>(std::ceil(hard_example_share_ * labels)); i < losses.size(); ++i)
            easy[first + by_loss_[i]] = 1;
    }
    /// Evaluates the class tasks of stage j without the samples that are too easy, in the order of `read_class_losses`.
    void drop_easy(workspace<T, B>& w, std::size_t j, std::span<float const> easy) {
        kept_masks_ = host_masks_;
        std::size_t next = 0;
        for (task_info const& task : net_->tasks) {
            if (task.target != target_kind::class_index) continue;
            for (std::size_t n = 0; n < batch_; ++n)
                if (easy[next++] != 0) kept_masks_[n * terms_ + task.first_term] = 0;
        }
        w.copy_in(hard_masks_.data(), kept_masks_.data(), kept_masks_.size());
        for (std::size_t t = 0; t < losses_.size(); ++t)
            if (net_->tasks[t].target == target_kind::class_index) evaluate_task(w, j, t, hard_masks_);
    }

    /// Means of stage j from sums over labelled samples. Throws `divergence_error` if a sum is not finite.
    void take_means(std::size_t j, std::vector<double> const& sums, std::vector<double> const& labelled) {
        for (std::size_t k = 0; k < terms_; ++k) {
            if (!std::isfinite(sums[k]))
                throw divergence_error({"stage ", net_->stages[j].name, ", ", name_of_term(k), ": the loss is ",
                                        std::isnan(sums[k]) ? "not a number" : "infinite"});
            means_[j][k] = labelled[k] > 0 ? sums[k] / labelled[k] : std::numeric_limits<double>::quiet_NaN();
        }
    }

    /// What the weighting policy p sees of stage j after `evaluate`; the spans live until the next call.
    template <weighting::policy Policy>
    weighting::observation observe(Policy const& p, [[maybe_unused]] basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j) {
        stage_info const& stage = net_->stages[j];
        features_.resize(stage.feature);
        mcfa::compute(w.run, weighted_column_sums<T>{
                                 .x = {w.feature(j), batch_, stage.feature}, .row_weights = {row_weights(), batch_}, .sums = features_});
        matrix<double const> gramian;
        if constexpr (weighting::policy_traits<Policy>::may_want_gradients)
            if (wants_gramian(p)) gramian = gramian_.measure(m, w, j, batch_);
        return observation_of(p, j, gramian);
    }

    /// The same of a batch whose blocks were added to `all`, `batch_sums`, after `take_means`.
    template <weighting::policy Policy, class Sums>
    weighting::observation observe(Policy const& p, std::size_t j, Sums const& all) {
        double const rows = all.attribute_rows(), windows = all.windows();
        features_.assign(all.features(j).begin(), all.features(j).end());
        for (double& value : features_) value = rows > 0 ? value / rows : 0;
        whole_gramian_.assign(all.gramian(j).begin(), all.gramian(j).end());
        if (whole_gramian_.empty()) return observation_of(p, j, {});
        for (double& value : whole_gramian_) value /= windows * windows;
        return observation_of(p, j, {whole_gramian_.data(), weighted_.size(), weighted_.size()});
    }
    /// Sets the sums that do not depend on a stage to those of the windows loaded last.
    template <class Sums>
    void count(Sums& to) const {
        to.windows() = static_cast<double>(batch_);
        to.attribute_rows() = attribute_rows_;
        std::copy(labelled_.begin(), labelled_.end(), to.labelled().begin());
    }
    /// Computes the losses of stage j, and sets their sums.
    template <class Sums>
    void sum_losses(workspace<T, B>& w, std::size_t j, Sums& to) {
        compute(w, j);
        mcfa::compute(w.run, weighted_column_sums<T>{.x = {values(), batch_, terms_}, .sums = to.losses(j)});
    }
    /// Sets the other sums of stage j, after `drop_easy` where only hard samples train the class.
    template <class Sums>
    void sum_observed(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, Sums& to) {
        if (weighted_.empty()) return;
        mcfa::compute(w.run, weighted_column_sums<T>{.x = {w.feature(j), batch_, net_->stages[j].feature},
                                                     .row_weights = {row_weights(), batch_},
                                                     .sums = to.features(j)});
        for (double& mean : to.features(j)) mean *= attribute_rows_;
        if (to.gramian(j).size() == 0) return;
        auto const found = gramian_.measure(m, w, j, batch_);
        double const squared = static_cast<double>(batch_) * static_cast<double>(batch_);
        std::transform(found.begin(), found.end(), to.gramian(j).begin(), [&](double mean) { return mean * squared; });
    }

    /// Turns the unweighted gradients of stage j into those of the joint loss, given the weights of the weighted terms.
    void weigh(workspace<T, B>& w, std::size_t j, std::vector<double> const& weights) { weigh(w, j, weights, static_cast<double>(batch_)); }
    /// The same of a part of a batch of so many windows.
    void weigh(workspace<T, B>& w, std::size_t j, std::vector<double> const& weights, double windows) {
        host_factors_.resize(terms_);
        for (std::size_t k = 0; k < terms_; ++k) host_factors_[k] = static_cast<T>(scale_of_term_[k] / windows);
        for (std::size_t i = 0; i < weighted_.size(); ++i) host_factors_[weighted_[i]] *= static_cast<T>(weights[i]);
        w.run.copy_in(factors_.data(), host_factors_.data(), terms_);
        weigh_by(w, j, factors_.data());
    }
    /// The same by factors of the terms that are in the backend's memory already.
    void weigh_by(workspace<T, B>& w, std::size_t j, T const* factors) {
        for (task_info const& task : net_->tasks)
            mcfa::compute(w.run, loss_weigh<T>{.at = columns_of(task),
                                               .factors = {factors + task.first_term, task.terms},
                                               .dlogits = {w.logits_gradient(j), batch_, net_->logits}});
    }

    /// "task attributes, attribute Smiling", or "task box" where the task has one term only.
    std::string name_of_term(std::size_t k) const {
        for (task_info const& task : net_->tasks) {
            int const inside = static_cast<int>(k) - task.first_term;
            if (inside >= 0 && inside < task.terms)
                return "task " + std::string(task.name) + (task.terms > 1 ? ", attribute " + task.term(inside) : "");
        }
        return {};
    }

private:
    using buffer = typename B::template buffer<T>;
    static T const* as_const(buffer const& b) { return b.data(); }

    static loss_columns columns_of(task_info const& task) {
        return {.length = task.length,
                .first_logit = task.first_logit,
                .targets = task.targets,
                .first_target = task.first_target,
                .terms = task.terms,
                .first_term = task.first_term};
    }

    /// Of the means, of `features_` and of a Gramian, empty where it was not measured.
    template <weighting::policy Policy>
    weighting::observation observation_of([[maybe_unused]] Policy const& p, std::size_t j, matrix<double const> gramian) {
        using policy_traits = weighting::policy_traits<Policy>;
        for (std::size_t i = 0; i < weighted_.size(); ++i) weighted_losses_[i] = means_[j][weighted_[i]];
        gradient_norms_.clear();
        if constexpr (policy_traits::may_want_gradients) {
            for (std::size_t i = 0; policy_traits::wants_gradient_norms(p) && i < weighted_.size(); ++i)
                gradient_norms_.push_back(std::sqrt(gramian(i, i)));
            if (!policy_traits::wants_gramian(p)) gramian = {};
        }
        return {.stage = static_cast<int>(j),
                .losses = weighted_losses_,
                .features = features_,
                .gradient_norms = gradient_norms_,
                .gramian = gramian};
    }

    /// The loss of task t at stage j, under masks in the backend's memory.
    void evaluate_task(workspace<T, B>& w, std::size_t j, std::size_t t, buffer const& masks) {
        losses_[t](w.run, {.at = columns_of(net_->tasks[t]),
                           .logits = {w.logits(j), batch_, net_->logits},
                           .targets = {targets_.data(), batch_, net_->targets},
                           .mask = {masks.data(), batch_, terms_},
                           .values = {values_.data(), batch_, terms_},
                           .dlogits = {w.logits_gradient(j), batch_, net_->logits}});
    }

    net_info const* net_;
    typename basic_model<T, B>::loss_passes losses_;
    std::size_t terms_;
    buffer targets_, masks_, values_, factors_, row_weights_;
    std::vector<float> rows_; ///< row_weights_ and factors_ on the host
    std::vector<T> host_factors_;
    std::vector<double> scale_of_term_;
    std::vector<std::vector<double>> means_;
    std::vector<std::size_t> weighted_;
    std::vector<double> labelled_, weighted_losses_, features_, gradient_norms_;
    attribute_gramian gramian_;
    std::size_t batch_ = 0;
    double hard_example_share_;
    buffer hard_masks_;
    std::vector<float> host_masks_, kept_masks_;
    std::vector<T> host_values_;
    std::vector<double> class_losses_;
    std::vector<float> easy_;
    std::vector<std::size_t> by_loss_;
    double attribute_rows_ = 0; ///< samples with a label of a weighted term
    std::vector<double> whole_gramian_;
};

} // namespace mcfa
