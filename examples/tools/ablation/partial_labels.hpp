// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/cascade/batch_source.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/data/split.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// A split of which a net is given the labels of some terms alone. The others count as unknown: their heads learn nothing and send nothing back, so
/// the net is that of the terms that are left.
class partial_labels {
public:
    /// `tasks` is "all", "attributes", or the name of one attribute. Throws mcfa::option_error where the net learns nothing of the name.
    partial_labels(mcfa::data::split photos, mcfa::net_info const& net, std::string tasks)
        : photos_(std::move(photos)), tasks_(std::move(tasks)), given_(static_cast<std::size_t>(net.terms), tasks_ == "all") {
        bool any = tasks_ == "all";
        for (auto const& task : net.tasks)
            for (int i = 0; i < task.terms; ++i)
                if (task.name == tasks_ || (!task.attributes.empty() && task.term(i) == tasks_))
                    given_[static_cast<std::size_t>(task.first_term + i)] = any = true;
        if (!any) throw mcfa::option_error({"the net learns neither a task nor an attribute '", tasks_, "'"});
    }

    /// The split's batches with masks of 0 for what is not given.
    class reader {
    public:
        reader(partial_labels const& labels, mcfa::encoding const& rows, mcfa::batch_options const& options)
            : batches_(labels.photos_.batches(rows, options)), given_(labels.given_) {}
        void begin(std::uint64_t epoch) { batches_.begin(epoch); }
        bool next(mcfa::batch& b) {
            if (!batches_.next(b)) return false;
            for (std::size_t n = 0; n < b.size; ++n)
                for (std::size_t k = 0; k < given_.size(); ++k)
                    if (!given_[k]) b.masks(n, k) = 0;
            return true;
        }
        std::size_t batches_per_epoch() const { return batches_.batches_per_epoch(); }

    private:
        mcfa::data::loader batches_;
        std::vector<bool> given_;
    };
    reader batches(mcfa::encoding const& rows, mcfa::batch_options const& options) const { return {*this, rows, options}; }

    mcfa::data::dataset const& source() const { return photos_.source(); }
    /// What a checkpoint records: the split's, and which labels are given where not all are.
    std::map<std::string, std::string> identity() const {
        auto all = photos_.identity();
        if (tasks_ != "all") all["labels"] = tasks_;
        return all;
    }

private:
    mcfa::data::split photos_;
    std::string tasks_;
    std::vector<bool> given_; ///< by term
};
static_assert(mcfa::batch_source<partial_labels>);
