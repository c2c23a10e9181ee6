// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/detect/propose/face_logit.hpp>
#include <mcfa/detect/shot/photo_crops.hpp>
#include <mcfa/op/loss.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::detect {

/// How the losses of all places are joined.
struct place_loss_options {
    double negatives = 7;       ///< background places that learn, those with the highest losses, for each place with a face; 0.1 to 1000
    double least_negatives = 2; ///< such places for each crop of a batch, at least, on average; 0 to 1000
    double places = 1.5;        ///< factor on the losses of all tasks but the face class, such as box and landmarks; 0 to 1000
    bool by_overlap = true;     ///< the class of a place with a face is learned as the IoU of the box that is said there, else as 1

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto const within = [](char const* name, double value, double low, double high) {
            if (!(value >= low && value <= high))
                throw option_error({"place_loss.", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("negatives", negatives, 0.1, 1000);
        within("least_negatives", least_negatives, 0, 1000);
        within("places", places, 0, 1000);
    }
};

/// The losses of a single_shot's places and their gradients, on the host in double.
///
/// A place with a face learns as its class how well its own box lies there, the IoU y: -y log p - (1 - y) log(1 - p), so that of the places that see one
/// face the best placed is the surest (Jiang et al., "Acquisition of localization confidence", ECCV 2018, say why; Li et al., "Generalized focal loss",
/// NeurIPS 2020, learn it in this form). Nearly all places are background: of these the ones with the highest losses learn, and all others do not. The
/// class loss is a sum over the number of places with a face; the other terms are means over the places that learn them.
class place_loss {
public:
    place_loss(net_info const& net, place_loss_options const& options) : net_(&net), options_(options) {
        options_.check();
        for (task_info const& task : net.tasks) {
            if (task.name == face_class::name) face_ = &task;
            if (task.name == face_box::name) box_ = &task;
        }
    }

    /// From the logits of every stage, rows of all its places on all crops, the gradients of the same, and the loss of each term.
    void evaluate(std::span<photo_crop const> crops, std::vector<std::vector<double>> const& logits) {
        std::size_t const stages = logits.size(), terms = net_->terms, length = net_->logits;
        dlogits.resize(stages);
        std::vector<double> sums(terms), counts(terms);
        background_.clear();
        for (std::size_t j = 0; j < stages; ++j) {
            std::size_t const rows = logits[j].size() / length, places = rows / crops.size();
            evaluate_stage(crops, logits[j], j, rows);
            for (std::size_t n = 0; n < rows; ++n) {
                auto const kind = crops[n / places].stages[j].kinds[n % places];
                double& of_class = values_[n * terms + face_->first_term];
                if (kind == place_kind::background) background_.push_back({of_class, j, n});
                if (kind == place_kind::face && box_ && options_.by_overlap) learn_overlap(logits[j], j, n, of_class);
                for (std::size_t k = 0; k < terms; ++k) {
                    bool const is_class = k == static_cast<std::size_t>(face_->first_term);
                    if (is_class && kind == place_kind::background) continue; // see below
                    sums[k] += values_[n * terms + k];
                    counts[k] += is_class ? static_cast<double>(kind == place_kind::face) : masks_[n * terms + k];
                }
            }
        }
        sums[face_->first_term] += choose_background(counts[face_->first_term], crops.size());
        means.assign(terms, 0);
        for (std::size_t k = 0; k < terms; ++k) means[k] = sums[k] / std::max(counts[k], 1.0);
        for (std::size_t j = 0; j < stages; ++j)
            for (task_info const& task : net_->tasks) weigh(task, &task == face_ ? 1 : options_.places, counts, j);
    }

    std::vector<std::vector<double>> dlogits; ///< by stage, like the logits
    std::vector<double> means;                ///< of each term; 0 where no place learns it

private:
    struct place {
        double loss;
        std::size_t stage, row;
    };

    void evaluate_stage(std::span<photo_crop const> crops, std::vector<double> const& logits, std::size_t j, std::size_t rows) {
        std::size_t const terms = net_->terms, targets = net_->targets, length = net_->logits;
        dlogits[j].assign(rows * length, 0);
        values_.assign(rows * terms, 0);
        targets_.clear();
        masks_.clear();
        for (photo_crop const& crop : crops) {
            targets_.insert(targets_.end(), crop.stages[j].targets.begin(), crop.stages[j].targets.end());
            masks_.insert(masks_.end(), crop.stages[j].masks.begin(), crop.stages[j].masks.end());
        }
        for (task_info const& task : net_->tasks) {
            loss_arguments<double> const given{
                {task.length, task.first_logit, task.targets, task.first_target, task.terms, task.first_term},
                {logits.data(), rows, length},
                {targets_.data(), rows, targets},
                {masks_.data(), rows, terms},
                {values_.data(), rows, terms},
                {dlogits[j].data(), rows, length}};
            for (std::size_t n = 0; n < rows; ++n) task.evaluate(given, n);
        }
    }

    /// The class loss of a place with a face: from that of a face for sure to that of one by as much as its box lies right.
    void learn_overlap(std::vector<double> const& logits, std::size_t j, std::size_t n, double& value) {
        auto const box_in = [](double const* row) {
            float const tenths[4]{static_cast<float>(row[0]), static_cast<float>(row[1]), static_cast<float>(row[2]),
                                  static_cast<float>(row[3])};
            return face_box::decode(tenths);
        };
        box said = box_in(logits.data() + n * net_->logits + box_->first_logit);
        said.width = std::max(said.width, 0.0f), said.height = std::max(said.height, 0.0f);
        double const y = static_cast<double>(iou(said, box_in(targets_.data() + n * net_->targets + box_->first_target)));
        double const* const z = logits.data() + n * net_->logits + face_->first_logit;
        double* const dz = dlogits[j].data() + n * net_->logits + face_->first_logit;
        value += (1 - y) * (z[1] - z[0]); // -log p and -log(1 - p) differ by the difference of the logits
        dz[0] -= 1 - y, dz[1] += 1 - y;
    }

    /// The background places whose losses are not among the highest learn nothing. Returns the sum of the others' losses.
    double choose_background(double faces, std::size_t crops) {
        auto const wanted =
            std::min(background_.size(),
                     static_cast<std::size_t>(std::max(options_.negatives * faces, options_.least_negatives * static_cast<double>(crops))));
        std::ranges::nth_element(background_, background_.begin() + static_cast<std::ptrdiff_t>(wanted),
                                 [](place const& a, place const& b) {
                                     return a.loss != b.loss ? a.loss > b.loss : a.stage != b.stage ? a.stage < b.stage : a.row < b.row;
                                 });
        double sum = 0;
        for (place const& p : std::span(background_).first(wanted)) sum += p.loss;
        for (place const& p : std::span(background_).subspan(wanted))
            std::fill_n(dlogits[p.stage].begin() + static_cast<std::ptrdiff_t>(p.row * net_->logits + face_->first_logit), face_->length,
                        0.0);
        return sum;
    }

    void weigh(task_info const& task, double factor, std::vector<double> const& counts, std::size_t j) {
        std::size_t const length = net_->logits;
        int const each = task.length / task.terms;
        for (std::size_t row = 0; row < dlogits[j].size(); row += length)
            for (int i = 0; i < task.length; ++i)
                dlogits[j][row + task.first_logit + i] *= factor / std::max(counts[task.first_term + i / each], 1.0);
    }

    net_info const* net_;
    place_loss_options options_;
    task_info const *face_ = nullptr, *box_ = nullptr;
    std::vector<double> values_, masks_, targets_; ///< of one stage
    std::vector<place> background_;
};

} // namespace mcfa::detect
