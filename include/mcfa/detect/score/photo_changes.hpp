// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/score/scenes.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

namespace mcfa::detect {

/// One thing that differs from photo to photo, done to a picture whose faces are known.
struct photo_change {
    std::string name;
    std::function<scene(scene const&)> apply;
};

inline std::uint8_t pixel_value(float value) { return static_cast<std::uint8_t>(std::lround(std::min(std::max(value, 0.0f), 255.0f))); }

/// Every channel times its gain, clipped at 255 and rounded.
inline scene with_gains(scene picture, std::array<float, 3> gains) {
    for (std::size_t i = 0; i < picture.photo.size(); ++i)
        picture.photo.data()[i] = pixel_value(gains[i % 3] * static_cast<float>(picture.photo.data()[i]));
    return picture;
}

/// Distances from the photo's mean grey times `factor`.
inline scene with_contrast(scene picture, float factor) {
    auto& photo = picture.photo;
    double sum = 0;
    for (std::size_t i = 0; i < photo.size(); ++i) sum += photo.data()[i];
    auto const mean = static_cast<float>(sum / static_cast<double>(photo.size()));
    for (std::size_t i = 0; i < photo.size(); ++i)
        photo.data()[i] = pixel_value(mean + factor * (static_cast<float>(photo.data()[i]) - mean));
    return picture;
}

/// Gaussian blur of a standard deviation of `sigma` pixels, above 0, cut off at three of them; the edge's pixels go on outside.
inline scene blurred(scene picture, float sigma) {
    auto& photo = picture.photo;
    int const reach = static_cast<int>(std::ceil(3 * sigma)), height = image::height(photo), width = image::width(photo);
    std::vector<float> weights;
    for (int k = -reach; k <= reach; ++k) weights.push_back(std::exp(-static_cast<float>(k * k) / (2 * sigma * sigma)));
    float sum = 0;
    for (float const w : weights) sum += w;
    for (float& w : weights) w /= sum;
    std::vector<float> across(photo.size());
    auto const place = [&](int y, int x) { return (static_cast<std::size_t>(y) * width + x) * 3; };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int k = -reach; k <= reach; ++k)
                for (std::size_t c = 0; c < 3; ++c)
                    across[place(y, x) + c] +=
                        weights[k + reach] * static_cast<float>(photo.data()[place(y, std::clamp(x + k, 0, width - 1)) + c]);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            std::array<float, 3> value{};
            for (int k = -reach; k <= reach; ++k)
                for (std::size_t c = 0; c < 3; ++c) value[c] += weights[k + reach] * across[place(std::clamp(y + k, 0, height - 1), x) + c];
            for (std::size_t c = 0; c < 3; ++c) photo.data()[place(y, x) + c] = pixel_value(value[c]);
        }
    return picture;
}

/// A square canvas with the photo turned clockwise about its middle, black where the photo does not reach. Boxes keep their size and follow
/// their centres; landmarks follow their places.
inline scene turned(scene const& picture, float degrees) {
    int const height = image::height(picture.photo), width = image::width(picture.photo), side = std::max(height, width);
    auto const length = static_cast<float>(side);
    image::placement const window{
        {static_cast<float>(width) / 2, static_cast<float>(height) / 2}, length, -degrees * std::numbers::pi_v<float> / 180, false};
    std::vector<float> cut(std::size_t{3} * side * side);
    image::cut(picture.photo, window, side, cut);
    scene made{picture.name, image::blank(side, side), picture.faces, picture.ignored};
    std::transform(cut.begin(), cut.end(), made.photo.data(), pixel_value);
    auto const moved = [&](point p) {
        point const q = image::to_window(window, p);
        return point{q.x * length, q.y * length};
    };
    auto const moved_box = [&](box b) {
        point const centre = moved(b.centre());
        return box{centre.x - b.width / 2, centre.y - b.height / 2, b.width, b.height};
    };
    for (auto& face : made.faces) {
        if (face.face) face.face = moved_box(*face.face);
        for (auto& p : face.landmarks) p = moved(p);
    }
    for (auto& b : made.ignored) b = moved_box(b);
    return made;
}

/// The longer side of a picture's first face, pixels; pictures here have one at least.
inline float face_side(scene const& picture) {
    box const face = picture.faces.front().face.value();
    return std::max(face.width, face.height);
}

/// Changes of light, colour, contrast, sharpness and turn, from mild to hard. Blur is in shares of the first face's longer side.
inline std::vector<photo_change> photo_changes() {
    std::vector<photo_change> all;
    auto const text = [](float value) {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%g", static_cast<double>(value));
        return std::string(digits);
    };
    for (float const gain : {0.5f, 0.33f, 0.25f, 0.125f, 1.3f, 1.6f, 2.0f})
        all.push_back({"brightness x " + text(gain), [gain](scene const& s) { return with_gains(s, {gain, gain, gain}); }});
    all.push_back({"blue cast (red x 0.5, green x 0.8)", [](scene const& s) { return with_gains(s, {0.5f, 0.8f, 1}); }});
    for (float const factor : {0.4f, 0.25f})
        all.push_back({"contrast x " + text(factor), [factor](scene const& s) { return with_contrast(s, factor); }});
    for (float const share : {0.04f, 0.06f, 0.08f})
        all.push_back({"blur, sigma " + text(100 * share) + " % of the face",
                       [share](scene const& s) { return blurred(s, std::max(share * face_side(s), 0.1f)); }});
    for (float const degrees : {20.0f, 30.0f, 45.0f, 60.0f, 90.0f, 135.0f})
        for (float const sign : {1.0f, -1.0f})
            all.push_back({"turned " + text(sign * degrees) + " degrees", [=](scene const& s) { return turned(s, sign * degrees); }});
    all.push_back({"upside down", [](scene const& s) { return turned(s, 180); }});
    return all;
}

} // namespace mcfa::detect
