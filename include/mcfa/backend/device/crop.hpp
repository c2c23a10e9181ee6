// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/crop.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mcfa {

namespace backend::device {

inline constexpr int plans_slot = 5, overlaps_slot = 6;

template <class T>
struct crop_value {
    crop op;
    arithmetic::crop_plan const* plans;
    std::uint8_t const* photo;
    T* y;
    constexpr void operator()(std::size_t n, int i) const {
        int const channel = i % 3, pixel = i / 3;
        float const value = arithmetic::cropped(op, plans[n], photo, pixel / op.side, pixel % op.side, channel);
        y[n * static_cast<std::size_t>(op.side) * static_cast<std::size_t>(op.side) * 3 + static_cast<std::size_t>(i)] =
            static_cast<T>(op.normalises ? arithmetic::normalised(value) : value);
    }
};

template <class T>
struct shrink_value {
    area_shrink op;
    T const* x;
    T* y;
    constexpr void operator()(std::size_t n, int i) const {
        auto const size = [](int side) { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3; };
        int const channel = i % 3, pixel = i / 3;
        y[n * size(op.out_side) + static_cast<std::size_t>(i)] =
            arithmetic::shrunk(op, x + n * size(op.in_side), pixel / op.out_side, pixel % op.out_side, channel);
    }
};

/// Bit j % 32 of word j / 32 in row i: box i takes the place of the later box j.
struct mark_overlaps {
    suppression op;
    int count;
    int words;
    box const* boxes;
    std::uint32_t* overlaps;
    constexpr void operator()(std::size_t i, int word) const {
        std::uint32_t bits = 0;
        for (int b = 0; b < 32; ++b) {
            int const j = word * 32 + b;
            if (j > static_cast<int>(i) && j < count && arithmetic::overlap(op, boxes[i], boxes[j]) > op.most)
                bits |= std::uint32_t{1} << b;
        }
        overlaps[i * static_cast<std::size_t>(words) + static_cast<std::size_t>(word)] = bits;
    }
};

/// One box after the other, on one thread: each decision depends on those before it. What was taken is gathered in the row past the last.
struct keep_in_order {
    int count;
    int words;
    std::uint32_t* overlaps;
    std::uint8_t* kept;
    constexpr void operator()(std::size_t) const {
        std::uint32_t* const taken = overlaps + static_cast<std::size_t>(count) * static_cast<std::size_t>(words);
        for (int w = 0; w < words; ++w) taken[w] = 0;
        for (int i = 0; i < count; ++i) {
            kept[i] = (taken[i / 32] >> (i % 32) & 1u) == 0;
            std::uint32_t const* const row = overlaps + static_cast<std::size_t>(i) * static_cast<std::size_t>(words);
            for (int w = i / 32; kept[i] && w < words; ++w) taken[w] |= row[w];
        }
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<crop, B> {
    template <class T>
    static void apply(typename B::execution& run, crop const& op, int count, std::uint8_t const* photo, crop_window const* windows, T* y) {
        using namespace backend::device;
        if (count == 0) return;
        run.now({"windows cut", count, {3, op.photo_height, op.photo_width}, {3, op.side, op.side}});
        std::vector<arithmetic::crop_plan> plans;
        for (int i = 0; i < count; ++i) plans.push_back(arithmetic::plan_of(op, windows[i]));
        auto const there = run.template scratch<arithmetic::crop_plan>(plans_slot, plans.size());
        run.copy_in(there.data(), static_cast<arithmetic::crop_plan const*>(plans.data()), plans.size());
        launch_in_samples(run, count, static_cast<std::size_t>(op.side) * static_cast<std::size_t>(op.side) * 3,
                          crop_value<T>{op, there.data(), photo, y});
    }
};

template <backend::device_backend B>
struct kernel<area_shrink, B> {
    template <class T>
    static void apply(typename B::execution& run, area_shrink const& op, int count, T const* x, T* y) {
        run.now({"windows shrunk", count, {3, op.in_side, op.in_side}, {3, op.out_side, op.out_side}});
        backend::device::launch_in_samples(run, count, static_cast<std::size_t>(op.out_side) * static_cast<std::size_t>(op.out_side) * 3,
                                           backend::device::shrink_value<T>{op, x, y});
    }
};

template <backend::device_backend B>
struct kernel<suppression, B> {
    static void keep(typename B::execution& run, suppression const& op, int count, box const* boxes, std::uint8_t* kept) {
        using namespace backend::device;
        if (count == 0) return;
        run.now({"suppression", count, {4}, {1}});
        int const words = (count + 31) / 32;
        auto const overlaps =
            run.template scratch<std::uint32_t>(overlaps_slot, static_cast<std::size_t>(count + 1) * static_cast<std::size_t>(words));
        launch_in_samples(run, count, static_cast<std::size_t>(words), mark_overlaps{op, count, words, boxes, overlaps.data()});
        launch_each(run, 1, keep_in_order{count, words, overlaps.data(), kept});
    }
};

} // namespace mcfa
