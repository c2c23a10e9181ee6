// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace mcfa::comm {

/// What an exception says.
inline std::string reason_of(std::exception_ptr const& failure) try {
    std::rethrow_exception(failure);
} catch (std::exception const& problem) {
    return problem.what();
} catch (...) {
    return "an exception that is no std::exception";
}

/// f() on every rank, or an exception on every rank: a rank where f threw throws that again, the others a `rank_error` of the first such rank.
/// f itself must not wait for other ranks. Returns what f does in memory of its own; f may return what cannot be moved.
template <communicator C, class F>
auto together(C& ranks, F&& f) {
    using result = std::conditional_t<std::is_void_v<std::invoke_result_t<F&>>, int, std::invoke_result_t<F&>>;
    std::unique_ptr<result> found;
    std::exception_ptr failure;
    std::string said; // empty: all is well
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F&>>) f();
        else found.reset(new result(f()));
    } catch (...) {
        failure = std::current_exception();
        said = "!" + reason_of(failure);
    }
    auto const all = gather_texts(ranks, said);
    if (failure) std::rethrow_exception(failure);
    for (std::size_t r = 0; r < all.size(); ++r)
        if (!all[r].empty()) throw rank_error(static_cast<int>(r), all[r].substr(1));
    return found;
}

} // namespace mcfa::comm
