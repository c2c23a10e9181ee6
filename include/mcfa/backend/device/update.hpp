// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/update.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/update.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

template <class Pass>
struct update_step {
    Pass pass;
    constexpr void operator()(std::size_t i) const { arithmetic::step(pass, i); }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<sgd_update<T>, B> {
    static void run(typename B::execution& run, sgd_update<T> const& p) {
        backend::device::launch_each(run, p.p.size(), backend::device::update_step<sgd_update<T>>{p});
    }
};

template <class T, backend::device_backend B>
struct kernel<adam_update<T>, B> {
    static void run(typename B::execution& run, adam_update<T> const& p) {
        backend::device::launch_each(run, p.p.size(), backend::device::update_step<adam_update<T>>{p});
    }
};

} // namespace mcfa
