// SPDX-License-Identifier: MIT
// The choice of a level, once for a program. Compiled for any x86-64 processor, since it runs before the processor is known.
#include <mcfa/backend/eigen/tiles/permission.hpp>
#include <mcfa/backend/x86/level_table.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>

#include <atomic>
#include <cstdlib>
#include <string>
#include <string_view>

namespace mcfa::backend::x86_engine {

namespace {

constexpr int none = -1;
std::atomic<int> in_use{none};

std::string list_of_names() {
    std::string names;
    for (x86_level const level : x86_levels)
        if (table_of(level)) names.append(names.empty() ? "" : ", ").append(name_of(level));
    return names;
}

/// Throws `option_error` where the program or the processor lacks a level.
void demand(x86_level level, std::string_view from) {
    if (!table_of(level))
        raise(option_error({from, ": this program has no kernels of level ", name_of(level), "; it has ", list_of_names()}));
    if (!offered(level)) raise(option_error({from, ": this processor, or its operating system, does not offer level ", name_of(level)}));
}

/// As the environment asks, else the fastest of the program's levels that the processor offers.
x86_level first_choice() {
    if (char const* const asked = std::getenv("MCFA_X86_LEVEL"); asked && *asked) {
        for (x86_level const level : x86_levels)
            if (name_of(level) == asked) return demand(level, "MCFA_X86_LEVEL"), level;
        raise(option_error({"MCFA_X86_LEVEL is '", asked, "', must be one of ", list_of_names()}));
    }
    x86_level const* best = nullptr;
    for (x86_level const& level : x86_levels)
        if (table_of(level) && offered(level)) best = &level;
    if (!best) raise(option_error({"mcfa::x86: this processor offers none of the levels that this program has: ", list_of_names()}));
    return *best;
}

} // namespace

bool offered(x86_level level) {
    __builtin_cpu_init();
    switch (level) {
    case x86_level::amx:
        if (!eigen_engine::tiles_permitted()) return false;
        [[fallthrough]];
    case x86_level::avx512_bf16:
        if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512vnni")) return false;
        [[fallthrough]];
    case x86_level::avx512:
        if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512cd") ||
            !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
            return false;
        [[fallthrough]];
    case x86_level::avx2:
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return false;
        [[fallthrough]];
    case x86_level::baseline:
        break;
    }
    return true;
}

x86_level chosen() {
    int const known = in_use.load(std::memory_order_acquire);
    if (known != none) return static_cast<x86_level>(known);
    int const fresh = static_cast<int>(first_choice());
    int before = none;
    return static_cast<x86_level>(in_use.compare_exchange_strong(before, fresh) ? fresh : before);
}

level_table const& chosen_table() { return *table_of(chosen()); }

void choose(x86_level level) {
    demand(level, "use_level");
    int before = none;
    if (!in_use.compare_exchange_strong(before, static_cast<int>(level)) && before != static_cast<int>(level))
        raise(option_error({"use_level: level ", name_of(static_cast<x86_level>(before)), " is in use already; choose ", name_of(level),
                            " before the first backend is made"}));
}

} // namespace mcfa::backend::x86_engine
