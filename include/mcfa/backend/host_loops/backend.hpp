// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa::backend {

/// A backend that computes in host memory. Its `execution` holds the threads and scratch memory of one caller; each calling thread needs
/// its own. It offers
///     launch(count, body)      body(i) for i = 0 .. count - 1, in any order and on any thread
///     threads()                how many run at most
///     scratch<T>(name, count), copy_in, copy_out, fill_zero    see host_memory
/// Bodies write disjoint addresses, so no result depends on the number of threads.
struct backend_concept_scratch {}; // stands for any name of scratch memory
template <class B>
concept host_backend = std::bool_constant<B::is_host>::value && std::is_constructible_v<typename B::execution, B const&> &&
                       requires(typename B::execution& run, void (*body)(std::int64_t)) {
                           typename B::template buffer<float>;
                           run.launch(std::int64_t{}, body);
                           { run.threads() } -> std::convertible_to<int>;
                           run.template scratch<float>(backend_concept_scratch{}, std::size_t{});
                       };

} // namespace mcfa::backend
