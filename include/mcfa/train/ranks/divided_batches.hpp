// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// The blocks of every batch that are this rank's. A `divided_reader` reads no others; of any other the batches are read as they are and cut.
template <batch_reader Reader>
class divided_batches {
public:
    /// Of a source whose batches have `windows` windows at most.
    template <batch_source Source>
    divided_batches(Source const& source, encoding const& rows, batch_options const& options)
        : share_(options.share), reader_(source.batches(rows, options)) {}

    void begin(std::uint64_t epoch) {
        reader_.begin(epoch);
        number_ = 0;
    }

    /// Goes to the next batch; false at the end of the epoch.
    bool next() {
        if constexpr (divided_reader<Reader>) {
            if (number_ == reader_.batches_per_epoch()) return false;
            blocks_ = reader_.blocks(number_++);
            make_room();
            for (std::size_t i = 0; i < count_; ++i)
                if (!reader_.next(own_[i])) own_[i].size = 0;
        } else {
            if (!reader_.next(whole_)) return false;
            blocks_ = share_.blocks_of(whole_.size);
            make_room();
            for (std::size_t i = 0; i < count_; ++i) {
                std::size_t const first = (blocks_.first(share_.rank) + i) * share_.block;
                copy_rows(first, std::min(share_.block, whole_.size - first), own_[i]);
            }
        }
        return true;
    }

    /// This rank's blocks, in order; of a `divided_reader` a block may have no row.
    std::span<batch const> own() const { return std::span(own_).first(count_); }
    /// All ranks' blocks.
    comm::division blocks() const { return blocks_; }
    std::size_t batches_per_epoch() const { return reader_.batches_per_epoch(); }

private:
    /// Some rows of the whole batch as a batch of their own.
    void copy_rows(std::size_t first, std::size_t count, batch& to) const {
        auto const rows = [&](auto const& source, auto& target) {
            auto shape = source.shape();
            std::size_t const width = source.size() / std::max<std::size_t>(shape[0], 1);
            shape[0] = count;
            target.resize(shape);
            std::copy_n(source.data() + first * width, count * width, target.data());
        };
        auto const numbers = [&](std::vector<std::size_t> const& source, std::vector<std::size_t>& target) {
            target.clear();
            for (std::size_t n = first; n < std::min(source.size(), first + count); ++n) target.push_back(source[n]);
        };
        to.windows.resize(whole_.windows.size());
        for (std::size_t j = 0; j < whole_.windows.size(); ++j) rows(whole_.windows[j], to.windows[j]);
        rows(whole_.targets, to.targets);
        rows(whole_.masks, to.masks);
        numbers(whole_.sources, to.sources);
        numbers(whole_.photos, to.photos);
        to.size = count;
    }

    void make_room() {
        count_ = blocks_.count(share_.rank);
        own_.resize(std::max(own_.size(), count_));
    }

    batch_share share_;
    Reader reader_;
    batch whole_;
    std::vector<batch> own_;
    std::size_t count_ = 0, number_ = 0;
    comm::division blocks_;
};

template <batch_source Source>
divided_batches(Source const&, encoding const&, batch_options const&)
    -> divided_batches<decltype(std::declval<Source const&>().batches(std::declval<encoding const&>(),
                                                                      std::declval<batch_options const&>()))>;

} // namespace mcfa
