// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/colour.hpp>
#include <mcfa/data/corruption.hpp>
#include <mcfa/detect/shot/crop_options.hpp>
#include <mcfa/detect/shot/crop_window.hpp>
#include <mcfa/detect/shot/face_photos.hpp>
#include <mcfa/detect/shot/place_grid.hpp>
#include <mcfa/detect/shot/place_targets.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A crop of a photo and what each stage's places learn of it.
struct photo_crop {
    std::vector<float> pixels; ///< side x side x 3, as the net sees them
    std::vector<place_targets> stages;
};

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
