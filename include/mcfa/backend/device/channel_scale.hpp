// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/channel_scale.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

template <class T>
struct scale_channel {
    int channels;
    T factor;
    T const* scale;
    T const* shift;
    matrix<T const> x;
    matrix<T> y;
    constexpr void operator()(std::size_t n, int i) const {
        std::size_t const at = n * channels + static_cast<std::size_t>(i % channels);
        y(n, i) = scale[at] * x(n, i) + (shift ? factor * shift[at] : T(0));
    }
};

/// One channel of a sample; neighbouring threads read neighbouring channels.
template <class T>
struct sum_channel_products {
    std::size_t channels, pixels;
    T const* a;
    T const* b;
    T* sums;
    constexpr void operator()(std::size_t i) const {
        std::size_t const first = i / channels * channels * pixels + i % channels;
        double sum = 0;
        for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            sum += static_cast<double>(a[first + pixel * channels] * b[first + pixel * channels]);
        sums[i] = static_cast<T>(sum);
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<channel_scale<T>, B> {
    static void run(typename B::execution& run, channel_scale<T> const& p) {
        backend::device::launch_in_samples(run, p.x.rows(),
                                           backend::device::scale_channel<T>{int(p.x.extent(3)), static_cast<T>(p.factor), p.scale.data(),
                                                                             p.shift.data(), p.x.rows(), p.y.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<channel_products<T>, B> {
    static void run(typename B::execution& run, channel_products<T> const& p) {
        backend::device::launch_each(
            run, p.sums.size(),
            backend::device::sum_channel_products<T>{p.a.extent(3), p.a.extent(1) * p.a.extent(2), p.a.data(), p.b.data(), p.sums.data()});
    }
};

} // namespace mcfa
