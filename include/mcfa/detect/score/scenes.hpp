// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A picture on which it is known where the faces are.
struct scene {
    std::string name;
    image::pixels photo;
    std::vector<annotation> faces; ///< each with its box, and landmarks and attributes if the data has them; pixels of this picture
    std::vector<box> ignored;      ///< other faces, which count neither as found nor as false alarms
};

/// How scenes are laid out.
struct scene_options {
    int height = 480, width = 640; ///< pixels of the scene, 16 to 16384
    float smallest_face = 42;      ///< longer side of a face's box on the scene, pixels; at least 1
    float largest_face = 220;      ///< likewise; sizes are drawn evenly on a logarithmic scale, smallest_face to 16384
    mcfa::seed seed{1};

    /// Throws `option_error` if a value is out of its range.
    void check() const {
        auto const within = [](char const* name, double value, double low, double high) {
            if (!(value >= low && value <= high)) throw option_error({"scenes: ", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("height", height, 16, 16384);
        within("width", width, 16, 16384);
        within("smallest_face", smallest_face, 1, 16384);
        within("largest_face", largest_face, smallest_face, 16384);
    }
};

/// Photo `i` of the split as it is, with its annotation. Throws what `data::dataset::load` throws.
inline scene single(data::split const& photos, std::size_t i) {
    auto example = photos.load(i);
    scene made{"single-" + std::to_string(i), std::move(example.photo), {example.truth}, example.truth.other_faces};
    return made;
}

/// Makes test scenes with several known faces from annotated photos of one face. A scene is a canvas of two blended colours with some
/// grain. The photos of `order` are laid on it one after the other, each at a random size and a place where it covers no other, until one
/// finds no place; the next scene goes on with that one. Each photo is used once. The same seed gives the same scenes.
///
///     detect::scene_maker scenes(faces.test(), order, {.seed = {3}});
///     while (auto const made = scenes.next()) score(*made);
class scene_maker {
public:
    scene_maker(data::split const& photos, std::vector<std::size_t> order, scene_options options)
        : photos_(photos), order_(std::move(order)), options_(options) {
        options_.check();
    }

    /// The next scene; nothing when all photos are used. Throws `file_error` for a photo that cannot be read.
    std::optional<scene> next() {
        if (next_ == order_.size()) return std::nullopt;
        random_stream random{split_key(options_.seed.value, number_)};
        scene made{"scene-" + std::to_string(number_++), canvas(random), {}, {}};
        std::vector<box> taken;
        while (next_ < order_.size()) {
            auto const example = photos_.load(order_[next_]);
            box const face = example.truth.face.value();
            double const wanted = options_.smallest_face * std::pow(options_.largest_face / options_.smallest_face, random.unit());
            auto const scale = static_cast<float>(wanted) / std::max(face.width, face.height);
            auto const place = find_place(random, taken, std::max(image::height(example.photo), image::width(example.photo)), scale);
            if (!place) {
                if (taken.empty()) ++next_; // larger than the canvas at any rate
                else break;
                continue;
            }
            ++next_;
            taken.push_back(*place);
            put(made, example, *place);
        }
        return made;
    }

private:
    image::pixels canvas(random_stream& random) const {
        auto photo = image::blank(options_.height, options_.width);
        float from[3], to[3];
        for (float& v : from) v = static_cast<float>(random.uniform(30, 225));
        for (float& v : to) v = static_cast<float>(random.uniform(30, 225));
        for (int y = 0; y < options_.height; ++y)
            for (int x = 0; x < options_.width; ++x)
                for (int c = 0; c < 3; ++c) {
                    float const share = (static_cast<float>(x) / static_cast<float>(options_.width) +
                                         static_cast<float>(y) / static_cast<float>(options_.height)) /
                                        2;
                    photo(y, x, c) =
                        static_cast<std::uint8_t>(from[c] + share * (to[c] - from[c]) + static_cast<float>(random.uniform(-6, 6)));
                }
        return photo;
    }

    /// A square of whole pixels for a photo at `scale`, or at the smaller ones of a few tries.
    std::optional<box> find_place(random_stream& random, std::vector<box> const& taken, int longer, float scale) const {
        auto const side = static_cast<int>(std::lround(scale * static_cast<float>(longer)));
        if (side > options_.height || side > options_.width) return find_smaller(random, taken, longer);
        for (int i = 0; i < 60; ++i) {
            box const at{static_cast<float>(random.below(static_cast<std::uint64_t>(options_.width - side + 1))),
                         static_cast<float>(random.below(static_cast<std::uint64_t>(options_.height - side + 1))), static_cast<float>(side),
                         static_cast<float>(side)};
            if (std::none_of(taken.begin(), taken.end(), [&](box const& b) { return intersection(at, b) > 0; })) return at;
        }
        return std::nullopt;
    }
    std::optional<box> find_smaller(random_stream& random, std::vector<box> const& taken, int longer) const {
        return find_place(random, taken, longer,
                          static_cast<float>(std::min(options_.height, options_.width)) / static_cast<float>(longer));
    }

    static void put(scene& made, data::example const& example, box at) {
        auto const side = static_cast<int>(at.width);
        auto const height = static_cast<float>(image::height(example.photo)), width = static_cast<float>(image::width(example.photo));
        image::placement const whole{{width / 2, height / 2}, std::max(height, width), 0, false};
        std::vector<float> cut(std::size_t{3} * side * side);
        image::cut(example.photo, whole, side, cut);
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                for (int c = 0; c < 3; ++c)
                    made.photo(static_cast<int>(at.top) + y, static_cast<int>(at.left) + x, c) =
                        static_cast<std::uint8_t>(std::clamp(cut[(y * side + x) * 3 + c] + 0.5f, 0.0f, 255.0f));
        auto const moved = [&](point p) {
            point const in = image::to_window(whole, p);
            return point{at.left + in.x * at.width, at.top + in.y * at.height};
        };
        auto const moved_box = [&](box b) {
            point const corner = moved({b.left, b.top});
            float const by = at.width / whole.side;
            return box{corner.x, corner.y, b.width * by, b.height * by};
        };
        annotation truth = example.truth;
        truth.face = moved_box(*truth.face);
        for (point& p : truth.landmarks) p = moved(p);
        for (box const& b : truth.other_faces) made.ignored.push_back(moved_box(b));
        truth.other_faces.clear();
        made.faces.push_back(std::move(truth));
    }

    data::split photos_;
    std::vector<std::size_t> order_;
    scene_options options_;
    std::size_t next_ = 0;
    std::uint64_t number_ = 0;
};

} // namespace mcfa::detect
