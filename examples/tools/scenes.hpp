// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/plan.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A picture on which it is known where the faces are.
struct scene {
    std::string name;
    mcfa::image::pixels photo;
    std::vector<mcfa::annotation>
        faces;                      ///< each with its box, and landmarks and attributes where the data has them; pixels of this picture
    std::vector<mcfa::box> ignored; ///< other faces, which count neither as found nor as false alarms
};

struct scene_options {
    int height = 480, width = 640;
    float smallest_face = 42, largest_face = 220; ///< pixels of the scene; sizes are drawn evenly on a logarithmic scale
    std::uint64_t seed = 1;
};

/// A single photo as it is.
inline scene single(mcfa::data::split const& photos, std::size_t i) {
    auto example = photos.load(i);
    scene made{"single-" + std::to_string(i), std::move(example.photo), {example.truth}, example.truth.other_faces};
    return made;
}

/// Lays photos out on a canvas of two blended colours with some grain: one photo after another of `order`, from `next` on, at a random size and a place
/// where it covers no other, until one finds no place. A photo is seen once in all scenes that share `next`.
class scene_maker {
public:
    scene_maker(mcfa::data::split const& photos, std::vector<std::size_t> order, scene_options options)
        : photos_(photos), order_(std::move(order)), options_(options) {}

    /// The next scene; nothing when all photos are used.
    std::optional<scene> next() {
        if (next_ == order_.size()) return std::nullopt;
        mcfa::random_stream random{mcfa::split_key(options_.seed, number_)};
        scene made{"scene-" + std::to_string(number_++), canvas(random), {}, {}};
        std::vector<mcfa::box> taken;
        while (next_ < order_.size()) {
            auto const example = photos_.load(order_[next_]);
            mcfa::box const face = *example.truth.face;
            double const wanted = options_.smallest_face * std::pow(options_.largest_face / options_.smallest_face, random.unit());
            auto const scale = static_cast<float>(wanted) / std::max(face.width, face.height);
            auto const place =
                find_place(random, taken, std::max(mcfa::image::height(example.photo), mcfa::image::width(example.photo)), scale);
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
    mcfa::image::pixels canvas(mcfa::random_stream& random) const {
        auto photo = mcfa::image::blank(options_.height, options_.width);
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
    std::optional<mcfa::box> find_place(mcfa::random_stream& random, std::vector<mcfa::box> const& taken, int longer, float scale) const {
        auto const side = static_cast<int>(std::lround(scale * static_cast<float>(longer)));
        if (side > options_.height || side > options_.width) return find_smaller(random, taken, longer);
        for (int i = 0; i < 60; ++i) {
            mcfa::box const at{static_cast<float>(random.below(static_cast<std::uint64_t>(options_.width - side + 1))),
                               static_cast<float>(random.below(static_cast<std::uint64_t>(options_.height - side + 1))),
                               static_cast<float>(side), static_cast<float>(side)};
            if (std::none_of(taken.begin(), taken.end(), [&](mcfa::box const& b) { return mcfa::intersection(at, b) > 0; })) return at;
        }
        return std::nullopt;
    }
    std::optional<mcfa::box> find_smaller(mcfa::random_stream& random, std::vector<mcfa::box> const& taken, int longer) const {
        return find_place(random, taken, longer,
                          static_cast<float>(std::min(options_.height, options_.width)) / static_cast<float>(longer));
    }

    static void put(scene& made, mcfa::data::example const& example, mcfa::box at) {
        auto const side = static_cast<int>(at.width);
        auto const height = static_cast<float>(mcfa::image::height(example.photo)),
                   width = static_cast<float>(mcfa::image::width(example.photo));
        mcfa::image::placement const whole{{width / 2, height / 2}, std::max(height, width), 0, false};
        std::vector<float> cut(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
        mcfa::image::cut(example.photo, whole, side, cut);
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                for (int c = 0; c < 3; ++c)
                    made.photo(static_cast<int>(at.top) + y, static_cast<int>(at.left) + x, c) =
                        static_cast<std::uint8_t>(std::clamp(cut[static_cast<std::size_t>((y * side + x) * 3 + c)] + 0.5f, 0.0f, 255.0f));
        auto const moved = [&](mcfa::point p) {
            mcfa::point const in = mcfa::image::to_window(whole, p);
            return mcfa::point{at.left + in.x * at.width, at.top + in.y * at.height};
        };
        auto const moved_box = [&](mcfa::box b) {
            mcfa::point const corner = moved({b.left, b.top});
            float const by = at.width / whole.side;
            return mcfa::box{corner.x, corner.y, b.width * by, b.height * by};
        };
        mcfa::annotation truth = example.truth;
        truth.face = moved_box(*truth.face);
        for (mcfa::point& p : truth.landmarks) p = moved(p);
        for (mcfa::box const& b : truth.other_faces) made.ignored.push_back(moved_box(b));
        truth.other_faces.clear();
        made.faces.push_back(std::move(truth));
    }

    mcfa::data::split photos_;
    std::vector<std::size_t> order_;
    scene_options options_;
    std::size_t next_ = 0;
    std::uint64_t number_ = 0;
};
