// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/parts_gather.hpp>
#include <mcfa/comm/row_parts.hpp>
#include <mcfa/train/ranks/gradient_buckets.hpp>
#include <mcfa/train/step/step_state.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// The optimiser's moments, of which each rank keeps those of the gradients that it sums (the first stage of ZeRO, Rajbhandari et al., SC 2020): it
/// moves these parameters alone, then all ranks send theirs to the others.
template <comm::communicator C, class T, class B, class State>
class shared_moments {
    using buffer = typename B::template buffer<T>;
    static constexpr std::size_t count = std::tuple_size_v<decltype(State::moments)>;

public:
    explicit shared_moments(std::vector<gradient_bucket> buckets) : buckets_(std::move(buckets)) {}

    /// Keeps this rank's share of the step's moments, which are whole, and gives the rest of the memory back.
    void divide(State& s, C const& ranks) {
        for (std::size_t m = 0; m < count; ++m) {
            std::vector<T> share(share_of(ranks, ranks.rank()));
            for_each_part(ranks, ranks.rank(), [&](std::size_t first, std::size_t size, std::size_t at) {
                s.memory.run.copy_out(share.data() + at, std::as_const(s.moments[m]).data() + first, size);
            });
            shares_[m] = buffer(share.size());
            if (!share.empty()) s.memory.run.copy_in(shares_[m].data(), share.data(), share.size());
            s.moments[m] = buffer();
        }
    }

    /// Makes the step's moments whole on rank 0, until `release`.
    void collect(State& s, C& ranks) {
        std::size_t const size = ranks.size();
        for (std::size_t m = 0; m < count; ++m) {
            std::vector<std::vector<T>> all(size);
            std::vector<std::span<std::byte const>> to(size);
            std::vector<std::span<std::byte>> from(size);
            auto& own = all[static_cast<std::size_t>(ranks.rank())];
            own.resize(shares_[m].size());
            if (!own.empty()) s.memory.run.copy_out(own.data(), std::as_const(shares_[m]).data(), own.size());
            for (std::size_t r = 1; r < size && ranks.rank() == 0; ++r) {
                all[r].resize(share_of(ranks, static_cast<int>(r)));
                from[r] = std::as_writable_bytes(std::span(all[r]));
            }
            if (ranks.rank() > 0) to[0] = std::as_bytes(std::span<T const>(own));
            ranks.exchange(to, from).wait();
            if (ranks.rank() > 0) continue;
            s.moments[m] = buffer(s.model.net().learned);
            for (std::size_t r = 0; r < size; ++r)
                for_each_part(ranks, static_cast<int>(r), [&](std::size_t first, std::size_t values, std::size_t at) {
                    s.memory.run.copy_in(s.moments[m].data() + first, all[r].data() + at, values);
                });
        }
    }
    void release(State& s) {
        for (auto& moment : s.moments) moment = buffer();
    }

    /// Moves this rank's parameters, whose gradients are in the step's, and takes those of the others.
    void move_parameters(State& s, C& ranks, double rate_factor, double gradient_factor) {
        ++s.steps;
        for (tensor_info const& tensor : s.model.tensors()) {
            if (!s.moves(tensor)) continue;
            for_each_part(ranks, ranks.rank(), [&](std::size_t first, std::size_t size, std::size_t at) {
                std::size_t const begin = std::max(first, tensor.first), end = std::min(first + size, tensor.first + tensor.size());
                if (begin >= end) return;
                std::array<T*, count> moments;
                for (std::size_t m = 0; m < count; ++m) moments[m] = shares_[m].data() + at + (begin - first);
                s.move(tensor, begin, end - begin, rate_factor, gradient_factor, moments);
            });
        }
        gather_parameters(s, ranks);
    }

private:
    comm::row_parts parts_of(C const& ranks, gradient_bucket const& bucket) const { return {bucket.size(), ranks.size(), gradient_unit}; }

    /// f(first parameter, number, place in the rank's share) for each bucket of which the rank has a part.
    template <class F>
    void for_each_part(C const& ranks, int rank, F&& f) const {
        std::size_t at = 0;
        for (gradient_bucket const& bucket : buckets_) {
            auto const parts = parts_of(ranks, bucket);
            if (std::size_t const size = parts.count(rank); size > 0) f(bucket.first + parts.first(rank), size, at);
            at += parts.count(rank);
        }
    }
    std::size_t share_of(C const& ranks, int rank) const {
        std::size_t size = 0;
        for (gradient_bucket const& bucket : buckets_) size += parts_of(ranks, bucket).count(rank);
        return size;
    }

    void gather_parameters(State& s, C& ranks) {
        std::size_t const learned = s.model.net().learned;
        std::span<T> values;
        if constexpr (B::is_host) {
            values = {s.model.data(), learned};
        } else {
            copy_.resize(learned);
            s.memory.run.copy_out(copy_.data(), std::as_const(s.model).data(), learned);
            values = copy_;
        }
        std::vector<comm::parts_gather<T, C>> under_way(buckets_.size());
        for (std::size_t b = 0; b < buckets_.size(); ++b)
            under_way[b].start(ranks, parts_of(ranks, buckets_[b]), values.subspan(buckets_[b].first, buckets_[b].size()));
        for (auto& gather : under_way) gather.wait();
        if constexpr (!B::is_host) s.memory.run.copy_in(s.model.data(), copy_.data(), learned);
    }

    std::vector<gradient_bucket> buckets_;
    std::array<buffer, count> shares_; ///< parts of the buckets one after the other
    std::vector<T> copy_;
};

} // namespace mcfa
