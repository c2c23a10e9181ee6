// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/data/bad_images.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/identity.hpp>
#include <mcfa/data/loader.hpp>
#include <mcfa/data/mined_windows.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/data/window_source.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::data {

/// Some photos of a data set, such as its training part, and how windows are drawn from them. Copies share the photos and the count of bad ones.
class split {
public:
    /// Photos without a known face are left out. Throws `option_error` on sampling options out of range.
    split(std::shared_ptr<dataset const> source, std::vector<std::size_t> const& photos, sampling const& options = {},
          bad_image_options bad = {})
        : source_(std::move(source)), options_(options), bad_(std::make_shared<bad_images>(std::move(bad), photos.size())) {
        options_.check();
        for (auto photo : photos)
            if (source_->has_face(photo)) photos_.push_back(photo);
    }

    /// False alarms of a detector on these photos, from which further negative windows are drawn (`sampling::mined`). All copies of the split and
    /// its loaders share them. A loader reads them when an epoch begins; they must not change meanwhile.
    std::vector<mined_window>& mined() const { return *mined_; }

    /// Number of photos.
    std::size_t size() const { return photos_.size(); }
    dataset const& source() const { return *source_; }
    /// Numbers of the photos in `source()`.
    std::vector<std::size_t> const& photos() const { return photos_; }
    annotation label(std::size_t i) const { return source_->label(photos_.at(i)); }
    example load(std::size_t i) const { return source_->load(photos_.at(i)); }
    std::string name(std::size_t i) const { return source_->name(photos_.at(i)); }
    /// Number of photos found bad so far.
    std::size_t bad_count() const { return bad_->count(); }

    /// The first `count` of its photos, all where it has fewer; sampled in the same way.
    split first(std::size_t count) const {
        split other = *this;
        other.photos_.resize(std::min(count, photos_.size()));
        return other;
    }
    /// The same photos, sampled otherwise.
    split with(sampling const& options) const {
        split other = *this;
        other.options_ = options;
        other.options_.check();
        return other;
    }
    sampling const& options() const { return options_; }

    /// What a checkpoint records of the data, so that a training does not go on with others.
    std::map<std::string, std::string> identity() const {
        return {{"photos", photos_text(*source_, photos_)}, {"windows", windows_text(options_)}, {"mix", mix_text(options_.mix)}};
    }

    /// What a loader draws from, alone or in a mixture.
    window_source windows(double share = 0) const { return {source_, photos_, mined_, options_, bad_, share}; }

    /// Batches for a net. Throws `option_error` where the data set lacks one of the net's attributes, and for batch options out of range.
    loader batches(encoding const& code, batch_options const& batches) const {
        auto const names = source_->attributes();
        for (auto const& wanted : code.attribute_names)
            if (names->find(wanted) < 0)
                throw option_error({"the net learns the attribute '", wanted, "', but it is not among the ", names->names().size(),
                                    " attributes of the data", listed(names->names())});
        return loader({windows()}, code, batches);
    }

private:
    static std::string listed(std::vector<std::string> const& names) {
        std::string text;
        for (auto const& name : names) text += (text.empty() ? ": " : ", ") + name;
        return text;
    }

    std::shared_ptr<dataset const> source_;
    std::vector<std::size_t> photos_;
    sampling options_;
    std::shared_ptr<bad_images> bad_;
    std::shared_ptr<std::vector<mined_window>> mined_ = std::make_shared<std::vector<mined_window>>();
};

} // namespace mcfa::data
