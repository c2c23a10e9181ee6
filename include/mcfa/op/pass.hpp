// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <cstddef>
#include <string>

// A pass of an operation is a value: a plain struct of named views and options, with its formula beside it, templated on the scalar
// alone, so that a backend is instantiated per scalar and never per net. Results are overwritten unless the pass says otherwise; an
// optional argument is left out by an empty view.
namespace mcfa {

/// Extents of an array, for messages.
struct extents {
    int rank = 0;
    std::size_t extent[4]{};

    constexpr extents() = default;
    template <class T, int Rank>
    constexpr extents(view<T, Rank> const& of) : rank(Rank) {
        for (int d = 0; d < Rank; ++d) extent[d] = of.extent(d);
    }
};

/// What is being computed, for messages: "dense forward, 32x6272 to 32x256".
struct work {
    char const* name = "";
    extents in{};
    extents out{};
};

/// "32x56x56x64"; "nothing" for no extents.
inline std::string to_string(extents const& e) {
    if (e.rank == 0) return "nothing";
    std::string text;
    for (int d = 0; d < e.rank; ++d) text.append(d ? "x" : "").append(std::to_string(e.extent[d]));
    return text;
}

inline std::string to_string(work const& w) {
    if (w.in.rank == 0 && w.out.rank == 0) return w.name;
    return std::string(w.name) + ", " + to_string(w.in) + " to " + to_string(w.out);
}

/// How a backend computes a pass: `static void run(execution&, Pass const&)`. Specialised by the backend for each pass, declared only here.
template <class Pass, class Backend>
struct kernel;

/// True if `Backend` can compute `Pass`.
template <class Backend, class Pass>
concept runs = requires(typename Backend::execution& run, Pass const& pass) { kernel<Pass, Backend>::run(run, pass); };

/// Fails by name where a backend cannot compute a pass.
template <class Backend, class Pass>
struct backend_lacks_a_pass {
    static_assert(runs<Backend, Pass>, "mcfa: the backend does not compute this pass; see <backend, pass> above");
};

/// Computes a pass on whatever backend the execution belongs to.
template <class Execution, class Pass>
inline void compute(Execution& run, Pass const& pass) {
    using backend = typename Execution::backend_type;
    if constexpr (!runs<backend, Pass>) {
        (void)backend_lacks_a_pass<backend, Pass>{};
    } else {
        if constexpr (requires { run.now(pass.describe()); }) run.now(pass.describe());
        kernel<Pass, backend>::run(run, pass);
    }
}

} // namespace mcfa
