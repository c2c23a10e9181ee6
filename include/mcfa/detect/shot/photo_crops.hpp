// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/colour.hpp>
#include <mcfa/data/corruption.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/detect/shot/face_photos.hpp>
#include <mcfa/detect/shot/place_grid.hpp>
#include <mcfa/detect/shot/place_targets.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <mutex>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// How a single_shot's training crops are drawn from photos: a face is chosen and shown at a size that is drawn evenly on a logarithmic scale, anywhere
/// on the crop. All numbers are the library's own choices.
struct crop_options {
    float smallest_face = 8;  ///< longer side of the chosen face's box, pixels of the crop; at least 2
    float largest_face = 180; ///< likewise; smallest_face to 10000
    float enlarged = 1.5f;    ///< no photo is enlarged by more; 1 to 10
    float mosaic = 0.5f;      ///< share of crops that show parts of four photos side by side, so more faces; 0 to 1
    float background = 0.1f;  ///< share of crops that are drawn anywhere on the photo; 0 to 1
    float angle = 8;          ///< turn, degrees, either way; 0 to 45
    float mirror = 0.5f;      ///< share that is mirrored; 0 to 1
    data::sampling colour{.brightness = 0.3f, .contrast = 0.3f, .saturation = 0.5f}; ///< brightness, contrast and saturation as there
    data::corruptions corrupt{.share = 0.05f}; ///< light, contrast and noise as there; nothing is covered, cut off or turned further
    place_rules places{};

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto const within = [](char const* name, float value, double low, double high) {
            if (!(value >= static_cast<float>(low) && value <= static_cast<float>(high)))
                throw option_error({"crops: ", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("smallest_face", smallest_face, 2, 10000);
        within("largest_face", largest_face, smallest_face, 10000);
        within("enlarged", enlarged, 1, 10);
        within("mosaic", mosaic, 0, 1);
        within("background", background, 0, 1);
        within("angle", angle, 0, 45);
        within("mirror", mirror, 0, 1);
        data::sampling all = colour;
        all.corrupt = corrupt;
        all.check();
        places.check();
    }
};

/// A crop of a photo and what each stage's places learn of it.
struct photo_crop {
    std::vector<float> pixels; ///< side x side x 3, as the net sees them
    std::vector<place_targets> stages;
};

/// The square of a photo that a crop shows. A photo without faces, or a share of the others, is shown anywhere, at up to its whole size.
inline image::placement crop_window(random_stream& random, face_photo const& photo, int height, int width, int side,
                                    crop_options const& options) {
    image::placement window;
    bool const anywhere = photo.faces.empty() || random.chance(options.background);
    if (anywhere) {
        double const longest = std::max(height, width), least = std::min(longest, side / static_cast<double>(options.enlarged));
        window.side = static_cast<float>(least * std::pow(longest / least, random.unit()));
        window.centre = {static_cast<float>(random.unit()) * static_cast<float>(width),
                         static_cast<float>(random.unit()) * static_cast<float>(height)};
    } else {
        box const face = *photo.faces[random.below(photo.faces.size())].face;
        float const size = std::max(face.width, face.height);
        double const most = std::max<double>(options.smallest_face, std::min(options.largest_face, size * options.enlarged));
        double const shown = options.smallest_face * std::pow(most / options.smallest_face, random.unit());
        window.side = std::min(static_cast<float>(size * side / shown), 2.0f * static_cast<float>(std::max(height, width)));
        float const reach = std::max(0.0f, (window.side - size) / 2);
        window.centre = face.centre();
        window.centre.x += static_cast<float>(random.uniform(-reach, reach));
        window.centre.y += static_cast<float>(random.uniform(-reach, reach));
        auto const kept = [&](float centre, int length) { // on the photo, or about its middle where it is smaller
            float const half = window.side / 2, end = static_cast<float>(length) - half;
            return half < end ? std::clamp(centre, half, end) : std::clamp(centre, end, half);
        };
        if (random.chance(0.8)) window.centre = {kept(window.centre.x, width), kept(window.centre.y, height)};
    }
    window.angle = static_cast<float>(random.uniform(-options.angle, options.angle) * std::numbers::pi / 180);
    window.mirrored = random.chance(options.mirror);
    return window;
}

/// A box in the pixels of a crop of `side` pixels: on a turned crop it keeps its size and follows its centre.
inline box on_crop(box where, image::placement const& window, int side) {
    auto const length = static_cast<float>(side), scale = length / window.side;
    point const at = image::to_window(window, where.centre());
    float const width = where.width * scale, height = where.height * scale;
    return {at.x * length - width / 2, at.y * length - height / 2, width, height};
}

/// An annotation likewise. On a mirrored crop left and right of the landmarks change places.
inline annotation on_crop(annotation const& truth, image::placement const& window, int side) {
    annotation seen = truth;
    seen.face = on_crop(truth.face.value(), window, side);
    auto const length = static_cast<float>(side);
    for (point& p : seen.landmarks) {
        point const at = image::to_window(window, p);
        p = {at.x * length, at.y * length};
    }
    if (window.mirrored && seen.landmarks.size() == 5) {
        std::swap(seen.landmarks[0], seen.landmarks[1]);
        std::swap(seen.landmarks[3], seen.landmarks[4]);
    }
    return seen;
}

/// A picture that is put together out of photos, with the faces on it, in its pixels.
struct crop_picture {
    std::vector<float> pixels; ///< side x side x 3, 0 to 255
    std::vector<annotation> faces;
    std::vector<box> ignored;
};

/// Draws crops of annotated photos for a single_shot. The same number gives the same crop. Photos stay in memory once they were read, a byte a value, so
/// as many bytes as they have pixels times three.
template <single_shot_net Net>
class photo_crops {
public:
    static constexpr int side = Net::stages[0].side;

    /// Throws `option_error` on options out of range and where there is no photo.
    photo_crops(std::vector<face_photo> photos, crop_options const& options = {})
        : photos_(std::move(photos)), options_(options), read_(std::make_shared<read_photos>(photos_.size())) {
        options_.check();
        if (photos_.empty()) throw option_error("crops: there is no photo");
    }

    std::size_t size() const { return photos_.size(); }

    /// A crop of photo i, and of three others if it is a mosaic, drawn from `key`. Throws `file_error` for a photo that cannot be read.
    photo_crop crop(std::size_t i, std::uint64_t key) const {
        random_stream random{key};
        crop_picture picture;
        picture.pixels.resize(std::size_t{3} * side * side);
        if (random.chance(options_.mosaic)) {
            int const across = static_cast<int>(random.uniform(0.35, 0.65) * side),
                      down = static_cast<int>(random.uniform(0.35, 0.65) * side);
            for (int part = 0; part < 4; ++part) {
                bool const right = part % 2 == 1, low = part >= 2;
                lay(random, part == 0 ? i : random.below(photos_.size()), right ? across : 0, low ? down : 0,
                    right ? side - across : across, low ? side - down : down, picture);
            }
        } else {
            lay(random, i, 0, 0, side, side, picture);
        }
        data::change_light(random, options_.corrupt, picture.pixels);
        data::lower_contrast(random, options_.corrupt, picture.pixels);
        data::add_noise(random, options_.corrupt, picture.pixels);
        data::jitter_colour(random, options_.colour, picture.pixels);
        photo_crop made;
        made.pixels.resize(picture.pixels.size());
        Net::stages[0].rule.apply(picture.pixels.data(), made.pixels.data(), made.pixels.size());
        made.stages.resize(Net::count);
        auto const& grids = place_grids<Net>();
        for (std::size_t j = 0; j < Net::count; ++j) {
            auto const& layers = Net::stages[j].layers;
            shape const plane = layers.empty() ? Net::stages[j].input : layers.back().out;
            set_place_targets(Net::info, grids[j], plane.height, plane.width, j == 0, j + 1 == Net::count, picture.faces, picture.ignored,
                              options_.places, made.stages[j]);
        }
        return made;
    }

private:
    /// Photos by number, each read at its first use.
    struct read_photos {
        explicit read_photos(std::size_t count) : pixels(count), once(count) {}
        std::vector<image::pixels> pixels;
        std::vector<std::once_flag> once;
    };

    image::pixels const& photo(std::size_t i) const {
        std::call_once(read_->once[i], [&] { read_->pixels[i] = image::read(photos_[i].file); });
        return read_->pixels[i];
    }

    /// Shows a part of photo i on the picture's rectangle from (left, top) on. Of its faces those of which less than 0.6 is on the rectangle are ignored.
    void lay(random_stream& random, std::size_t i, int left, int top, int width, int height, crop_picture& picture) const {
        face_photo const& known = photos_.at(i);
        image::pixels const& pixels = photo(i);
        int const square = std::max(width, height);
        crop_options options = options_;
        if (square < side)
            options.largest_face = std::max(options.smallest_face, std::min(options.largest_face, 0.45f * static_cast<float>(side)));
        auto const window = crop_window(random, known, image::height(pixels), image::width(pixels), square, options);
        std::vector<float> cut(std::size_t{3} * square * square);
        image::cut(pixels, window, square, cut);
        auto const line = [](int y, int x, int row) { return (static_cast<std::ptrdiff_t>(y) * row + x) * 3; };
        for (int y = 0; y < height; ++y)
            std::copy_n(cut.begin() + line(y, 0, square), width * 3, picture.pixels.begin() + line(top + y, left, side));
        box const rectangle{0, 0, static_cast<float>(width), static_cast<float>(height)};
        auto const moved = [&](box b) {
            return box{b.left + static_cast<float>(left), b.top + static_cast<float>(top), b.width, b.height};
        };
        auto const ignore = [&](box b) {
            float const right = std::min(b.right(), rectangle.right()), bottom = std::min(b.bottom(), rectangle.bottom());
            box const seen{std::max(b.left, 0.0f), std::max(b.top, 0.0f), right - std::max(b.left, 0.0f), bottom - std::max(b.top, 0.0f)};
            if (seen.width > 0 && seen.height > 0) picture.ignored.push_back(moved(seen));
        };
        for (box const& b : known.ignored) ignore(on_crop(b, window, square));
        for (annotation const& truth : known.faces) {
            annotation face = on_crop(truth, window, square);
            if (intersection(*face.face, rectangle) < 0.6f * face.face->area()) {
                ignore(*face.face);
                continue;
            }
            face.face = moved(*face.face);
            for (point& p : face.landmarks) p.x += static_cast<float>(left), p.y += static_cast<float>(top);
            picture.faces.push_back(std::move(face));
        }
    }

    std::vector<face_photo> photos_;
    crop_options options_;
    std::shared_ptr<read_photos> read_;
};

} // namespace mcfa::detect
