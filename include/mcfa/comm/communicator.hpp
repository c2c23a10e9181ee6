// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

/// Ranks that train one model together: processes of an MPI job, or whatever a communicator joins.
namespace mcfa::comm {

/// What a rank sends to each rank, and its room for what it receives from each, by rank. Both ends know the sizes; nothing is sent where a
/// size is 0, and a rank's entry of itself is empty.
using outgoing = std::span<std::span<std::byte const> const>;
using incoming = std::span<std::span<std::byte> const>;

/// Another rank has failed. The message names it and its reason: "rank 2: photos/7.jpg: is empty".
struct rank_error : error {
    [[gnu::cold, gnu::noinline]] rank_error(int which, message const& reason) : error({"rank ", which, ": ", reason.text()}), rank(which) {}
    int rank;
};

/// How a rank reaches the others. It is a handle; copies are the same rank.
///
///     int rank() const, size() const          0 <= rank < size, which never change
///     exchange(outgoing, incoming) -> pending   starts to send and to receive, and returns at once; `pending.wait()` returns when all is
///                                             received and all that was sent may be overwritten. The bytes must live until then, the
///                                             lists of spans only during the call. All ranks call in the same order; several may be under way,
///                                             and be waited for in any order.
///     void stop(std::string const& reason)    this rank fails: every other one ends, or throws `rank_error` from `exchange` or `wait`
///
/// Sums, broadcasts and barriers are made of these (`comm/collective.hpp`, `comm/ordered_sum.hpp`), so that their bits do not depend on what
/// carries them.
template <class C>
concept communicator = std::copy_constructible<C> && requires(C c, C const& here, outgoing to, incoming from, std::string const& reason) {
    { here.rank() } -> std::convertible_to<int>;
    { here.size() } -> std::convertible_to<int>;
    c.exchange(to, from).wait();
    c.stop(reason);
};

/// What `exchange` returns.
template <communicator C>
using pending_of = decltype(std::declval<C&>().exchange(outgoing{}, incoming{}));

/// A communicator whose messages travel while its rank computes. Two members more:
///
///     apart() const -> C              the same ranks; exchanges of the returned handle keep an order of their own, whatever other handles do
///     bool done(), of a `pending`     what `wait` waits for, asked for without waiting. Once true, it stays true and `wait` returns at once.
///
/// A rank asks now and then during the backward pass, which also gives a communicator without a thread of its own time to send.
template <class C>
concept overlapping_communicator = communicator<C> && requires(C const& here, pending_of<C>& under_way) {
    { here.apart() } -> std::same_as<C>;
    { under_way.done() } -> std::convertible_to<bool>;
};

/// Names what a type lacks to be a communicator.
template <class C>
struct communicator_lacks {
    static_assert(
        requires(C const& here) {
            { here.rank() } -> std::convertible_to<int>;
            { here.size() } -> std::convertible_to<int>;
        }, "mcfa: a communicator needs `int rank() const` and `int size() const`; see <communicator> above");
    static_assert(
        requires(C c, outgoing to, incoming from) { c.exchange(to, from).wait(); },
        "mcfa: a communicator needs `exchange(comm::outgoing, comm::incoming)`, whose result has `void wait()`; see <communicator> above");
    static_assert(
        requires(C c, std::string const& reason) { c.stop(reason); },
        "mcfa: a communicator needs `void stop(std::string const& reason)`; see <communicator> above");
    static_assert(std::copy_constructible<C>, "mcfa: a communicator is a handle that can be copied; see <communicator> above");
};

} // namespace mcfa::comm
