// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// The values of rank `root`, on all ranks.
template <communicator C, class T>
    requires std::is_trivially_copyable_v<T>
void broadcast(C& ranks, std::span<T> values, int root = 0) {
    std::size_t const count = ranks.size();
    std::vector<std::span<std::byte const>> to(count);
    std::vector<std::span<std::byte>> from(count);
    if (ranks.rank() != root) from[root] = std::as_writable_bytes(values);
    else
        for (std::size_t r = 0; r < count; ++r)
            if (static_cast<int>(r) != root) to[r] = std::as_bytes(values);
    ranks.exchange(to, from).wait();
}

/// The bytes of every rank, by rank, on all ranks. They may differ in number.
template <communicator C>
std::vector<std::vector<std::byte>> gather(C& ranks, std::span<std::byte const> own) {
    std::size_t const count = ranks.size(), here = ranks.rank();
    std::vector<std::span<std::byte const>> to(count);
    std::vector<std::span<std::byte>> from(count);
    std::uint64_t const size = own.size();
    std::vector<std::uint64_t> sizes(count, size);
    for (std::size_t r = 0; r < count; ++r) {
        if (r == here) continue;
        to[r] = std::as_bytes(std::span(&size, 1));
        from[r] = std::as_writable_bytes(std::span(&sizes[r], 1));
    }
    ranks.exchange(to, from).wait();

    std::vector<std::vector<std::byte>> all(count);
    all[here].assign(own.begin(), own.end());
    for (std::size_t r = 0; r < count; ++r) {
        if (r == here) continue;
        all[r].resize(sizes[r]);
        to[r] = own;
        from[r] = all[r];
    }
    ranks.exchange(to, from).wait();
    return all;
}

/// The text of every rank, by rank, on all ranks.
template <communicator C>
std::vector<std::string> gather_texts(C& ranks, std::string_view own) {
    std::vector<std::string> texts;
    for (auto const& bytes : gather(ranks, std::as_bytes(std::span(own))))
        texts.emplace_back(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    return texts;
}

/// The text of rank 0, on all ranks.
template <communicator C>
std::string text_of_first(C& ranks, std::string_view own) {
    return std::move(gather_texts(ranks, ranks.rank() == 0 ? own : std::string_view())[0]);
}

/// Whether any rank says so, on all ranks.
template <communicator C>
bool any(C& ranks, bool own) {
    bool found = own;
    std::byte const said{own};
    for (auto const& bytes : gather(ranks, std::span(&said, 1))) found = found || bytes[0] != std::byte{0};
    return found;
}

/// Returns when all ranks have called it.
template <communicator C>
void barrier(C& ranks) {
    any(ranks, false);
}

} // namespace mcfa::comm
