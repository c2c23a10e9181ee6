// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/row_parts.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mcfa::comm {

/// A handle whose exchanges keep an order of their own, where the communicator has such.
template <communicator C>
C apart_of(C const& ranks) {
    if constexpr (overlapping_communicator<C>) return ranks.apart();
    else return ranks;
}

/// Sends each rank's part of a row to all ranks.
template <class T, communicator C>
class parts_gather {
public:
    /// Begins to fill in the parts of the other ranks, and returns at once; the row must live until all is here.
    void start(C& ranks, row_parts const& parts, std::span<T> row) {
        std::size_t const count = ranks.size(), here = ranks.rank();
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        auto const part = [&](std::size_t r) { return row.subspan(parts.first(static_cast<int>(r)), parts.count(static_cast<int>(r))); };
        for (std::size_t r = 0; r < count; ++r) {
            if (r == here) continue;
            to[r] = std::as_bytes(part(here));
            from[r] = std::as_writable_bytes(part(r));
        }
        under_way_.emplace(ranks.exchange(to, from));
    }
    bool done()
        requires overlapping_communicator<C>
    {
        return under_way_->done();
    }
    void wait() { under_way_->wait(); }

private:
    std::optional<pending_of<C>> under_way_;
};

} // namespace mcfa::comm
