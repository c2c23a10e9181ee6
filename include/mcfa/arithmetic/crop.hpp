// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/crop.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa::arithmetic {

/// A window's geometry as numbers: blocks of factor x factor photo pixels from (left, top) on, and `samples` x `samples` points in a window pixel.
struct crop_plan {
    double centre_x, centre_y;
    double along, across; ///< photo pixels per window pixel, along its rows and across them
    double sign;
    int left, top, factor, samples;
    bool beside; ///< the window does not meet the photo
};

inline crop_plan plan_of(crop op, crop_window const& w) {
    crop_plan p{};
    double const step = static_cast<double>(w.side) / op.side;
    p.centre_x = static_cast<double>(w.centre.x);
    p.centre_y = static_cast<double>(w.centre.y);
    p.along = std::cos(static_cast<double>(w.angle)) * step;
    p.across = std::sin(static_cast<double>(w.angle)) * step;
    p.sign = w.mirrored ? -1 : 1;
    double const reach = (std::abs(p.along) + std::abs(p.across)) * op.side / 2;
    p.beside = p.centre_x + reach < -step || p.centre_y + reach < -step || p.centre_x - reach > op.photo_width + step ||
               p.centre_y - reach > op.photo_height + step;
    if (p.beside) return p;
    p.factor = std::max(1, static_cast<int>(std::min(step + 1e-6, 1e6)));
    p.left = static_cast<int>(std::floor(p.centre_x - reach + 1e-3)) - p.factor;
    p.top = static_cast<int>(std::floor(p.centre_y - reach + 1e-3)) - p.factor;
    p.samples = step / p.factor > 1 + 1e-4 ? 2 : 1;
    return p;
}

/// One channel of one block, 0 to 255: the mean of its pixels, black ones beside the photo.
constexpr float block_mean(crop op, crop_plan const& p, std::uint8_t const* photo, int line, int column, int channel) {
    int const y0 = std::max(p.top + line * p.factor, 0), y1 = std::min(p.top + (line + 1) * p.factor, op.photo_height);
    int const x0 = std::max(p.left + column * p.factor, 0), x1 = std::min(p.left + (column + 1) * p.factor, op.photo_width);
    std::uint32_t sum = 0;
    for (int y = y0; y < y1; ++y)
        for (int x = x0; x < x1; ++x)
            sum += photo[(static_cast<std::size_t>(y) * static_cast<std::size_t>(op.photo_width) + static_cast<std::size_t>(x)) * 3 +
                         static_cast<std::size_t>(channel)];
    return static_cast<float>(sum) / (static_cast<float>(p.factor) * static_cast<float>(p.factor));
}

/// One value of the window, 0 to 255, at row j and column i.
constexpr float cropped(crop op, crop_plan const& p, std::uint8_t const* photo, int j, int i, int channel) {
    if (p.beside) return 0;
    float sum = 0;
    for (int down = 0; down < p.samples; ++down)
        for (int right = 0; right < p.samples; ++right) {
            double const u = p.sign * (i + (right + 0.5) / p.samples - op.side * 0.5), v = j + (down + 0.5) / p.samples - op.side * 0.5;
            auto const x = static_cast<float>((p.centre_x + p.along * u - p.across * v - p.left) / p.factor - 0.5);
            auto const y = static_cast<float>((p.centre_y + p.across * u + p.along * v - p.top) / p.factor - 0.5);
            int const column = static_cast<int>(x), line = static_cast<int>(y);
            float const fx = x - static_cast<float>(column), fy = y - static_cast<float>(line);
            sum += (1 - fx) * (1 - fy) * block_mean(op, p, photo, line, column, channel) +
                   fx * (1 - fy) * block_mean(op, p, photo, line, column + 1, channel) +
                   (1 - fx) * fy * block_mean(op, p, photo, line + 1, column, channel) +
                   fx * fy * block_mean(op, p, photo, line + 1, column + 1, channel);
        }
    return sum / static_cast<float>(p.samples * p.samples);
}

constexpr float normalised(float value) { return (value - 127.5f) * (1.0f / 128.0f); }

/// One value of a shrunk window: the mean of the input over the output pixel's own square. `x` is one window.
template <class T>
constexpr T shrunk(area_shrink op, T const* x, int row, int column, int channel) {
    double const ratio = static_cast<double>(op.in_side) / op.out_side;
    double const top = row * ratio, bottom = (row + 1) * ratio, left = column * ratio, right = (column + 1) * ratio;
    T sum = T(0);
    for (int y = static_cast<int>(top); y < op.in_side && y < bottom; ++y) {
        double const height = std::min<double>(y + 1, bottom) - std::max<double>(y, top);
        T line = T(0);
        for (int i = static_cast<int>(left); i < op.in_side && i < right; ++i) {
            double const width = std::min<double>(i + 1, right) - std::max<double>(i, left);
            line += static_cast<T>(width / ratio) * x[(y * op.in_side + i) * 3 + channel];
        }
        sum += static_cast<T>(height / ratio) * line;
    }
    return sum;
}

constexpr float overlap(suppression op, box a, box b) {
    if (!op.over_smaller_area) return iou(a, b);
    float const smaller = std::min(a.area(), b.area());
    return smaller > 0 ? intersection(a, b) / smaller : 0.0f;
}

} // namespace mcfa::arithmetic
