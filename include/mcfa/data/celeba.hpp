// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/data/celeba/annotation_lists.hpp>
#include <mcfa/data/celeba/corner_boxes.hpp>
#include <mcfa/data/celeba/layout.hpp>
#include <mcfa/data/celeba/source_file.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/task/label.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mcfa::data {

struct celeba_options {
    std::optional<celeba_layout> layout; ///< needed only where the folder holds both kinds of images
    std::string boxes;                   ///< another list of boxes in Anno/, of the same format; not for aligned images
    std::filesystem::path
        other_faces{}; ///< a list of boxes of faces that the other lists do not speak of; `Anno/list_other_faces.txt` where it is there and none is named
    bad_image_options bad_images;
    image::limits limits;    ///< of the photos; a decoded photo takes 3 bytes a pixel
    bool check_boxes = true; ///< refuse a list of boxes that seems to hold corners; see `refuse_corner_boxes`
};

/// The mean of some points.
inline point middle_of(std::vector<point> const& points) {
    point mean;
    auto const share = 1 / static_cast<float>(points.size());
    for (point const p : points) mean = {mean.x + p.x * share, mean.y + p.y * share};
    return mean;
}

/// The face's square by its five landmarks, for images without a box: side 1.4 times the distance between the eyes plus that from the eyes to the mouth,
/// centre a tenth of the side above the points' mean. Both numbers were fitted to 3331 detector boxes.
inline box face_around(std::vector<point> const& p) {
    point const mean = middle_of(p);
    float const eyes = std::hypot(p[1].x - p[0].x, p[1].y - p[0].y);
    float const height = std::hypot(p[3].x + p[4].x - p[0].x - p[1].x, p[3].y + p[4].y - p[0].y - p[1].y) / 2;
    float const side = 1.4f * (eyes + height);
    return {mean.x - side / 2, mean.y - 0.6f * side, side, side};
}

/// A folder in CelebA's layout (see `celeba_layout`); its lists are read and checked at once, its photos when needed.
///
///     data::celeba faces{"CelebA"};
///     t.fit(faces.training(), faces.validation());
///
/// Throws `annotation_error` with file and line for a list that breaks its format, `file_error` for what is missing, `option_error` where the layout is not clear.
class celeba {
public:
    [[gnu::cold]] explicit celeba(std::filesystem::path const& folder, celeba_options options = {})
        : options_(std::move(options)), files_(find_celeba(folder, options_.layout, options_.boxes)) {
        auto rows = read_attributes(files_.attributes);
        if (!files_.boxes.empty()) {
            read_boxes(files_.boxes, rows);
            if (options_.check_boxes) refuse_corner_boxes(files_.boxes, files_.images, rows, options_.limits);
        }
        if (!files_.landmarks.empty()) read_landmarks(files_.landmarks, rows);
        if (!options_.other_faces.empty()) files_.other_faces = options_.other_faces;
        if (!files_.other_faces.empty()) read_other_faces(files_.other_faces, rows);
        if (!files_.persons.empty()) read_persons(files_.persons, rows);
        facts_ = read_source_facts(files_.source);
        for (auto& truth : rows.truths) {
            if (!truth.face && !truth.landmarks.empty()) truth.face = face_around(truth.landmarks);
            truth.place_only = facts_.place_only;
        }
        std::error_code problem;
        if (std::filesystem::exists(files_.partition, problem)) parts_ = read_partition(files_.partition, rows);
        source_ = std::make_shared<photos>(files_, std::move(rows), options_.limits);
    }

    split training(sampling const& options = {}) const { return part(0, options); }
    split validation(sampling const& options = {}) const { return part(1, options); }
    split test(sampling const& options = {}) const { return part(2, options); }
    split all(sampling const& options = {}) const {
        std::vector<std::size_t> every(source_->size());
        std::iota(every.begin(), every.end(), std::size_t{0});
        return {source_, every, fitting(options), options_.bad_images};
    }
    dataset const& source() const { return *source_; }
    celeba_layout layout() const { return files_.layout; }
    source_facts const& facts() const { return facts_; }

private:
    class photos : public dataset {
    public:
        photos(celeba_files const& files, annotation_rows rows, image::limits limits)
            : folder_(files.images),
              boxes_(files.boxes),
              names_(std::move(rows.names)),
              truths_(std::move(rows.truths)),
              attributes_(std::move(rows.attributes)),
              box_lines_(std::move(rows.box_lines)),
              limits_(limits) {}
        std::size_t size() const override { return names_.size(); }
        std::string name(std::size_t i) const override { return (folder_ / names_.at(i)).string(); }
        bool has_face(std::size_t i) const override { return truths_.at(i).face.has_value(); }
        annotation label(std::size_t i) const override { return truths_.at(i); }
        example load(std::size_t i) const override {
            example found{image::read(folder_ / names_.at(i), limits_), truths_[i]};
            auto const width = static_cast<float>(image::width(found.photo)), height = static_cast<float>(image::height(found.photo));
            auto const check = [&](point middle, char const* what) {
                if (middle.x >= 0 && middle.y >= 0 && middle.x <= width && middle.y <= height) return;
                throw file_error(name(i), {"the middle of the face's ", what, " is beside the photo of ", image::width(found.photo), "x",
                                           image::height(found.photo), " pixels; do these lists belong to other images?", box_line(i)});
            };
            if (found.truth.face) check(found.truth.face->centre(), "box");
            if (!found.truth.landmarks.empty()) check(middle_of(found.truth.landmarks), "landmarks");
            return found;
        }
        std::shared_ptr<attribute_table const> attributes() const override { return attributes_; }

    private:
        /// Where the photo's box stands, for a message.
        std::string box_line(std::size_t i) const {
            if (box_lines_.empty() || box_lines_[i] == 0) return {};
            return join({" The box is in ", printable(boxes_.string()), ":", box_lines_[i]});
        }

        std::filesystem::path folder_, boxes_;
        std::vector<std::string> names_;
        std::vector<annotation> truths_;
        std::shared_ptr<attribute_table const> attributes_;
        std::vector<long> box_lines_;
        image::limits limits_;
    };

    /// Part windows teach the box alone, so that where no box is learned there are none.
    sampling fitting(sampling options) const {
        if (facts_.place_only) options.mix.part = 0;
        return options;
    }

    split part(std::size_t which, sampling const& options) const {
        if (!parts_)
            throw file_error(files_.partition.string(), "no such file; it says which photos are for training, validation and test");
        return {source_, (*parts_)[which], fitting(options), options_.bad_images};
    }

    celeba_options options_;
    celeba_files files_;
    source_facts facts_;
    std::optional<std::array<std::vector<std::size_t>, 3>> parts_;
    std::shared_ptr<photos const> source_;
};

} // namespace mcfa::data
