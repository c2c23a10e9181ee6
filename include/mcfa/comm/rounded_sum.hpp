// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/comm/parts_gather.hpp>
#include <mcfa/comm/row_parts.hpp>
#include <mcfa/comm/sum_tree.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// An `ordered_sum` whose rows travel as bfloat16, in half the bytes or less, with error feedback (Seide et al., Interspeech 2014): what is lost by
/// rounding a row is added to the next one. On each rank, and then where a part is summed,
///     x = row + e,           q = bfloat16(x),   e = x - q
///     y = sum of q + f,      s = bfloat16(y),   f = y - s          s is what all ranks get; with `sum_to::owners` it is the sum of q itself
/// So the results of many sums together differ from the sums of the rows by the last e and f alone. A rank adds up its blocks first, and ranks
/// are added in their order: results are the same on all ranks and in every run, but other bits for another number of ranks. One rank rounds
/// nothing.
template <class T, communicator C>
class rounded_sum {
public:
    rounded_sum(C ranks, std::size_t length, std::size_t unit = 1, sum_to goal = sum_to::all)
        : goal_(goal),
          ranks_(std::move(ranks)),
          apart_(apart_of(ranks_)),
          length_(length),
          parts_{length, ranks_.size(), unit},
          own_(length) {}
    rounded_sum(rounded_sum const&) = delete; // what is under way would arrive in the other
    rounded_sum(rounded_sum&&) = default;

    void begin(division blocks) {
        own_.begin(blocks.first(ranks_.rank()));
        state_ = state::adding;
    }
    template <class F>
    void add_by(F&& fill) {
        own_.add_by(fill);
    }

    void start() {
        state_ = state::summing;
        if (ranks_.size() == 1) return;
        lost_.resize(length_);
        sent_.resize(length_);
        auto const row = own_.all();
        for (std::size_t i = 0; i < length_; ++i) sent_[i] = round(row.empty() ? T(0) : row[i], lost_[i]);
        std::size_t const count = ranks_.size(), here = ranks_.rank(), size = parts_.count(ranks_.rank());
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        received_.resize(count * size);
        for (std::size_t r = 0; r < count; ++r) {
            if (r == here) continue;
            auto const rank = static_cast<int>(r);
            to[r] = std::as_bytes(std::span<std::uint16_t const>(sent_).subspan(parts_.first(rank), parts_.count(rank)));
            from[r] = std::as_writable_bytes(std::span<std::uint16_t>(received_).subspan(r * size, size));
        }
        under_way_.emplace(ranks_.exchange(to, from));
    }
    bool advance()
        requires overlapping_communicator<C>
    {
        if (state_ == state::summing && (ranks_.size() == 1 || under_way_->done())) gather_parts();
        if (state_ == state::gathering) gather_.done();
        return state_ >= state::gathering;
    }
    void wait_to_gather() {
        if (state_ == state::summing) gather_parts();
    }
    std::span<T const> wait() {
        wait_to_gather();
        if (state_ == state::gathering) {
            gather_.wait();
            result_.resize(length_);
            for (std::size_t i = 0; i < length_; ++i) result_[i] = value_of(gathered_[i]);
            sum_ = result_;
        }
        state_ = state::whole;
        return sum_;
    }

    /// What rounding has kept back so far: of this rank's rows, and of the sums of its part.
    std::span<T const> lost() const { return lost_; }
    std::span<T const> lost_of_sums() const { return lost_of_sums_; }

private:
    enum class state { adding, summing, gathering, whole };

    static T value_of(std::uint16_t bits) { return static_cast<T>(static_cast<float>(bfloat16::of_bits(bits))); }
    static std::uint16_t round(T value, T& lost) {
        value += lost;
        std::uint16_t const bits = bfloat16(value).bits;
        lost = value - value_of(bits);
        return bits;
    }

    void gather_parts() {
        if (ranks_.size() == 1) {
            sum_ = own_.all();
            state_ = state::whole;
            return;
        }
        under_way_->wait();
        int const here = ranks_.rank();
        std::size_t const first = parts_.first(here), size = parts_.count(here);
        part_.assign(size, T(0));
        for (int r = 0; r < ranks_.size(); ++r)
            for (std::size_t i = 0; i < size; ++i)
                part_[i] += value_of(r == here ? sent_[first + i] : received_[static_cast<std::size_t>(r) * size + i]);
        sum_ = part_;
        state_ = state::whole;
        if (goal_ == sum_to::owners) return;
        lost_of_sums_.resize(size);
        gathered_.resize(length_);
        for (std::size_t i = 0; i < size; ++i) gathered_[first + i] = round(part_[i], lost_of_sums_[i]);
        gather_.start(apart_, parts_, std::span<std::uint16_t>(gathered_));
        state_ = state::gathering;
    }

    sum_to goal_;
    C ranks_, apart_;
    std::size_t length_;
    row_parts parts_;
    rows_of_blocks<T> own_;
    std::vector<std::uint16_t> sent_, received_, gathered_;
    std::vector<T> lost_, lost_of_sums_, part_, result_;
    std::span<T const> sum_;
    std::optional<pending_of<C>> under_way_;
    parts_gather<std::uint16_t, C> gather_;
    state state_ = state::adding;
};

} // namespace mcfa::comm
