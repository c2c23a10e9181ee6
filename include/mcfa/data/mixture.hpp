// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/name_index.hpp>
#include <mcfa/data/loader.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/data/window_source.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::data {

/// One of a mixture's sources: a part of a data set, which keeps its own sampling.
struct mixture_source {
    std::string name; ///< in the log and in messages
    split photos;
    double share = 0; ///< windows in an epoch, relative to the other sources'; state it for all, or for none
};

/// Several data sets with different labels, for one training:
///
///     data::mixture const training{{{"celeba", celeba.training(), 3}, {"mtfl", mtfl.training(), 1}}};
///     t.fit(training, data::mixture{{{"celeba", celeba.validation()}, {"mtfl", mtfl.validation()}}}, {.epochs = 10});
///
/// Attributes are matched by name; what a source does not label is masked there. Every batch holds the sources in their shares, to about one window. An epoch
/// goes once through the first source, and through as much of the others as the shares say; without shares once through every source.
/// Order and content follow from the seed and the epoch. A mixture of one source gives the same bits as the source.
class mixture {
public:
    /// Throws `option_error` where there is no source, two have one name, one has no photo, a share is negative or not finite, or some are stated and others are not.
    [[gnu::cold]] explicit mixture(std::vector<mixture_source> sources) : sources_(std::move(sources)) {
        if (sources_.empty()) throw option_error("mixture: there is no source");
        name_index seen;
        for (auto const& source : sources_) {
            if (!seen.add(source.name, seen.size())) throw option_error({"mixture: two sources are called '", source.name, "'"});
            if (source.photos.size() == 0) throw option_error({"mixture: source '", source.name, "' has no photo with a known face"});
            if (!(source.share >= 0 && std::isfinite(source.share)))
                throw option_error({"mixture: the share of '", source.name, "' is ", source.share, ", must be finite and not negative"});
            if ((source.share > 0) != (sources_[0].share > 0))
                throw option_error({"mixture: '", sources_[0].name, "' and '", source.name,
                                    "' differ in that one has a share and the other has none; state all shares or none"});
        }
    }

    /// Batches for a net. Throws `option_error` where no source has one of the net's attributes, and for batch options out of range.
    loader batches(encoding const& code, batch_options const& batches) const {
        std::vector<window_source> all;
        for (auto const& source : sources_) all.push_back(source.photos.windows(source.share));
        for (auto const& wanted : code.attribute_names) {
            bool known = false;
            for (auto const& source : all) known = known || source.photos_of->attributes()->find(wanted) >= 0;
            if (!known) throw option_error({"the net learns the attribute '", wanted, "', but none of the mixture's sources has it"});
        }
        return loader(std::move(all), code, batches);
    }

    /// Number of photos of all sources.
    std::size_t size() const {
        std::size_t sum = 0;
        for (auto const& source : sources_) sum += source.photos.size();
        return sum;
    }
    std::vector<mixture_source> const& sources() const { return sources_; }
    /// Of several sources, in the order of `batch::sources`; one alone needs no name.
    std::vector<std::string> source_names() const {
        std::vector<std::string> names;
        if (sources_.size() == 1) return names;
        for (auto const& source : sources_) names.push_back(source.name);
        return names;
    }

    /// In words, for logs and for the settings of a checkpoint: "celeba 37540 photos, share 3; mtfl 5292 photos, share 1".
    std::string composition() const {
        std::string text;
        for (auto const& source : sources_) {
            text += join({text.empty() ? "" : "; ", source.name, " ", source.photos.size(), " photos"});
            char share[48];
            std::snprintf(share, sizeof share, ", share %.12g", source.share);
            if (source.share > 0) text += share;
        }
        return text;
    }

    /// What must be the same when a training on the mixture is resumed.
    std::map<std::string, std::string> identity() const {
        if (sources_.size() == 1) return sources_[0].photos.identity();
        std::map<std::string, std::string> all{{"sources", composition()}};
        for (auto const& source : sources_)
            for (auto const& [part, text] : source.photos.identity()) all.emplace(source.name + "." + part, text);
        return all;
    }

private:
    std::vector<mixture_source> sources_;
};

} // namespace mcfa::data
