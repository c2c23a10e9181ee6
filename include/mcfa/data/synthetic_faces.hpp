// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/data/synthetic/drawing.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::data {

/// Drawn faces with exact boxes, landmarks and attributes, made from a seed: data that needs no download. A face is drawn anew at each `load`.
/// `annotation::measurements["pose"]` holds roll, yaw and pitch in radians. Four fifths are for training, a tenth each for validation and test.
class synthetic_faces {
public:
    /// `side`: of the photos, in pixels. Throws `option_error` on fewer than 10 faces or a side below 16.
    explicit synthetic_faces(std::size_t count, seed seed = {}, int side = 160) {
        if (count < 10) throw option_error({"synthetic_faces: count is ", count, ", expected at least 10"});
        if (side < 16) throw option_error({"synthetic_faces: side is ", side, ", expected at least 16 pixels"});
        source_ = std::make_shared<drawings>(count, seed, side);
    }

    split training(sampling const& options = {}) const { return part(0, 8, options); }
    split validation(sampling const& options = {}) const { return part(8, 9, options); }
    split test(sampling const& options = {}) const { return part(9, 10, options); }
    split all(sampling const& options = {}) const { return part(0, 10, options); }
    dataset const& source() const { return *source_; }

private:
    class drawings : public dataset {
    public:
        drawings(std::size_t count, seed seed, int side) : count_(count), key_(split_key(seed.value, faces_label)), side_(side) {
            std::vector<std::string> names;
            for (auto name : synthetic_attribute_names()) names.emplace_back(name);
            attributes_ = std::make_shared<attribute_table const>(std::move(names));
        }
        std::size_t size() const override { return count_; }
        std::string name(std::size_t i) const override { return "drawn face " + std::to_string(i); }
        bool has_face(std::size_t) const override { return true; }
        annotation label(std::size_t i) const override { return load(i).truth; }
        example load(std::size_t i) const override {
            auto drawn = draw_face(split_key(key_, i), side_);
            example made{std::move(drawn.photo), {}};
            made.truth.face = drawn.face;
            made.truth.landmarks.assign(drawn.landmarks.begin(), drawn.landmarks.end());
            made.truth.attributes = std::move(drawn.attributes);
            made.truth.measurements["pose"].assign(drawn.pose.begin(), drawn.pose.end());
            return made;
        }
        std::shared_ptr<attribute_table const> attributes() const override { return attributes_; }

    private:
        static constexpr std::uint64_t faces_label = 0x6472617766616365ull;
        std::size_t count_;
        std::uint64_t key_;
        int side_;
        std::shared_ptr<attribute_table const> attributes_;
    };

    /// From `first` tenths of the faces to `last` tenths.
    split part(std::size_t first, std::size_t last, sampling const& options) const {
        auto const count = source_->size();
        std::vector<std::size_t> photos(count * last / 10 - count * first / 10);
        std::iota(photos.begin(), photos.end(), count * first / 10);
        return {source_, photos, options};
    }

    std::shared_ptr<drawings const> source_;
};

} // namespace mcfa::data
