// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/core/refusal.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace mcfa {

/// Gives the batches of one epoch after the other: after `begin(epoch)` each `next` fills a batch, and returns false if the epoch is over.
template <class R>
concept batch_reader = requires(R& reader, batch& b) {
    reader.begin(std::uint64_t{});
    { reader.next(b) } -> std::convertible_to<bool>;
    { reader.batches_per_epoch() } -> std::convertible_to<std::size_t>;
};

/// Reads the share of one rank: if `batch_options::share` has a block, `next` gives this rank's blocks one after the other, those without a
/// usable row too, with size 0; `blocks(n)` says into how many, of all ranks, batch n of the epoch is cut. So no rank reads another's photos.
template <class R>
concept divided_reader = batch_reader<R> && requires(R const& reader) {
    { reader.blocks(std::size_t{}) } -> std::convertible_to<comm::division>;
};

/// What a trainer takes: a data set's windows, or a source of the user's own.
template <class S>
concept batch_source = requires(S const& source, encoding const& rows, batch_options const& options) {
    { source.batches(rows, options) } -> batch_reader;
};

/// Names what a type lacks to be a reader of batches.
template <class R>
struct batch_reader_lacks {
    static_assert(
        requires(R& reader) { reader.begin(std::uint64_t{}); },
        "mcfa: a reader of batches needs `void begin(std::uint64_t epoch)`; see <reader> above");
    static_assert(
        requires(R& reader, batch& b) {
            { reader.next(b) } -> std::convertible_to<bool>;
        }, "mcfa: a reader of batches needs `bool next(batch&)`, false if the epoch is over; see <reader> above");
    static_assert(
        requires(R& reader) {
            { reader.batches_per_epoch() } -> std::convertible_to<std::size_t>;
        }, "mcfa: a reader of batches needs `std::size_t batches_per_epoch() const`; see <reader> above");
};

template <class S>
struct batch_source_lacks {
    static_assert(
        requires(S const& source, encoding const& rows, batch_options const& options) { source.batches(rows, options); },
        "mcfa: a source of batches, faces.training() for example, has `batches(encoding const&, batch_options const&) const`; "
        "see <source> above");
};

/// Instantiates what says why a type is no source of batches.
template <class S>
constexpr bool check_batch_source() {
    if constexpr (requires(S const& source, encoding const& rows, batch_options const& options) { source.batches(rows, options); })
        return stated<batch_reader_lacks<decltype(std::declval<S const&>().batches(std::declval<encoding const&>(),
                                                                                   std::declval<batch_options const&>()))>>;
    else return stated<batch_source_lacks<S>>;
}

} // namespace mcfa
