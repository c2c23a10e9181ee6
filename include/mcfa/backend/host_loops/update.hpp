// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/update.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/update.hpp>

#include <cstddef>

namespace mcfa {

namespace backend {

/// `arithmetic::step` of every parameter.
template <class Execution, class Pass>
void update_each(Execution& run, Pass const& pass) {
    launch_chunks(run, pass.p.size(), [&](std::size_t first, std::size_t last) {
        Pass const own = pass; // a local copy, which the compiler knows no store can change
        for (std::size_t i = first; i < last; ++i) arithmetic::step(own, i);
    });
}

} // namespace backend

template <class T, backend::host_backend B>
struct kernel<sgd_update<T>, B> {
    static void run(typename B::execution& run, sgd_update<T> const& p) { backend::update_each(run, p); }
};

template <class T, backend::host_backend B>
struct kernel<adam_update<T>, B> {
    static void run(typename B::execution& run, adam_update<T> const& p) { backend::update_each(run, p); }
};

} // namespace mcfa
