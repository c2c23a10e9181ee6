// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/window_tenths.hpp>

#include <cstddef>

namespace mcfa {

/// What two boxes, as `face_box` states them, lack to be one: 1 - IoU + d^2 / c^2, d the distance of their centres and c the diagonal of the smallest box
/// around both (Zheng et al., "Distance-IoU loss", AAAI 2020). So an error counts in proportion to the face's own size. A width or height of z below a
/// fiftieth of the window counts as that, and adds the square of what it lacks in tenths, so that it grows again.
struct overlap_error {
    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        constexpr T least = T(0.02);
        T penalty = 0;
        bool small[2]{};
        for (std::size_t i = 0; i < 4; ++i) dz[i] = 0;
        axis<T> down = along(z[1], z[2], y[1], y[2]), across = along(z[0], z[3], y[0], y[3]);
        for (axis<T>* each : {&down, &across}) {
            std::size_t const size = each == &down ? 2 : 3;
            if (each->side >= least) continue;
            T const lack = (least - each->side) * 10;
            penalty += lack * lack;
            dz[size] = -2 * lack;
            small[size - 2] = true;
            each->side = least;
        }
        T const width = across.shared(), height = down.shared();
        bool const meet = width > 0 && height > 0;
        T const both = meet ? width * height : T(0);
        T const joined = across.side * down.side + across.true_side * down.true_side - both;
        T const aside = across.distance(), above = down.distance();
        T const far = aside * aside + above * above, wide = across.around(), high = down.around(), diagonal = wide * wide + high * high;
        // derivatives by start and side of z's box along one axis; `other` is the shared length along the other one
        auto const slope = [&](axis<T> const& a, T other, T other_side, T distance, T around, T* by_start, T* by_side) {
            T const ends_first = a.end() < a.true_end() ? T(1) : T(0), starts_last = a.start > a.true_start ? T(1) : T(0);
            T const shared_by_start = meet ? (ends_first - starts_last) * other : T(0), shared_by_side = meet ? ends_first * other : T(0);
            T const around_by_start = (T(1) - ends_first) - (T(1) - starts_last), around_by_side = T(1) - ends_first;
            auto const total = [&](T shared, T area, T distance_by, T around_by) {
                T const iou_by = (shared * joined - both * (area - shared)) / (joined * joined);
                return -iou_by + 2 * (distance * distance_by * diagonal - far * around * around_by) / (diagonal * diagonal);
            };
            *by_start = total(shared_by_start, T(0), T(1), around_by_start);
            *by_side = total(shared_by_side, other_side, T(0.5), around_by_side);
        };
        T start = 0, side = 0;
        slope(across, height, down.side, aside, wide, &start, &side);
        dz[0] += start / 10;
        if (!small[1]) dz[3] += side / 10;
        slope(down, width, across.side, above, high, &start, &side);
        dz[1] += start / 10;
        if (!small[0]) dz[2] += side / 10;
        return T(1) - both / joined + far / diagonal + penalty;
    }

private:
    /// Both boxes along one axis, in sides of the window.
    template <class T>
    struct axis {
        T start, side, true_start, true_side;
        constexpr T end() const { return start + side; }
        constexpr T true_end() const { return true_start + true_side; }
        constexpr T shared() const { return (end() < true_end() ? end() : true_end()) - (start > true_start ? start : true_start); }
        constexpr T around() const { return (end() < true_end() ? true_end() : end()) - (start > true_start ? true_start : start); }
        constexpr T distance() const { return start + side / 2 - true_start - true_side / 2; }
    };
    template <class T>
    static constexpr axis<T> along(T start, T side, T true_start, T true_side) {
        auto const sides = [](T tenths) { return T(0.5) + tenths / 10; };
        return {sides(start), sides(side), sides(true_start), sides(true_side)};
    }
};

/// The face's box as `face_box` states it, under `overlap_error`: for nets that see faces of many sizes on windows of one, as a single_shot does.
struct overlapping_face_box : face_box {
    using loss = overlap_error;
};

} // namespace mcfa
