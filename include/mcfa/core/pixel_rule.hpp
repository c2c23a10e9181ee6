// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

namespace mcfa {

/// How a stage sees a photo's pixels, red, green and blue from 0 to 255: each as (value - mean) * scale.
struct pixel_rule {
    bool bgr = false;                                                        ///< whether blue comes first
    std::array<float, 3> mean{127.5f, 127.5f, 127.5f};                       ///< in the order in which the stage sees them
    std::array<float, 3> scale{1.0f / 128.0f, 1.0f / 128.0f, 1.0f / 128.0f}; ///< likewise

    constexpr bool operator==(pixel_rule const&) const = default;

    /// Applies the rule to `count` values, three a pixel; `to` may be `from`.
    constexpr void apply(float const* from, float* to, std::size_t count) const {
        bool const alike = mean[0] == mean[1] && mean[0] == mean[2] && scale[0] == scale[1] && scale[0] == scale[2];
        if (alike && !bgr) {
            float const m = mean[0], s = scale[0];
            for (std::size_t i = 0; i < count; ++i) to[i] = (from[i] - m) * s;
            return;
        }
        for (std::size_t i = 0; i + 2 < count; i += 3) {
            float const first = from[i + (bgr ? 2 : 0)], green = from[i + 1], last = from[i + (bgr ? 0 : 2)];
            to[i] = (first - mean[0]) * scale[0];
            to[i + 1] = (green - mean[1]) * scale[1];
            to[i + 2] = (last - mean[2]) * scale[2];
        }
    }
};

/// Rules by name, for `input<224, 3, pixels::imagenet>`; a rule of your own is a struct with such a member.
namespace pixels {

/// (value - 127.5) / 128, so about -1 to 1: that of an input without a rule.
struct symmetric {
    static constexpr pixel_rule rule{};
};
/// That of torchvision's weights: value / 255, less the mean of ImageNet, over its deviation.
struct imagenet {
    static constexpr pixel_rule rule{.mean = {255 * 0.485f, 255 * 0.456f, 255 * 0.406f},
                                     .scale = {1 / (255 * 0.229f), 1 / (255 * 0.224f), 1 / (255 * 0.225f)}};
};
/// That of VGG-16 as its authors trained it, in Caffe: blue first, less the mean of ImageNet.
struct caffe_imagenet {
    static constexpr pixel_rule rule{.bgr = true, .mean = {103.939f, 116.779f, 123.68f}, .scale = {1, 1, 1}};
};
/// That of VGG-Face in Caffe (Parkhi et al., BMVC 2015): blue first, less the mean of its photos.
struct vgg_face {
    static constexpr pixel_rule rule{.bgr = true, .mean = {93.5940f, 104.7624f, 129.1863f}, .scale = {1, 1, 1}};
};

} // namespace pixels

} // namespace mcfa
