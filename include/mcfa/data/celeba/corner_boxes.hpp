// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/data/celeba/annotation_lists.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/read.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace mcfa::data {

/// Whether a box ends near its photo's right and lower edges, a tenth of the photo's sides or less away, though it begins more than an eighth
/// away from the left and upper ones: so the corners of a face in the photo's middle look if they are read as sizes.
inline bool ends_at_far_edges(box const& b, float width, float height) {
    return b.left > width / 8 && b.top > height / 8 && b.right() >= 0.9f * width && b.bottom() >= 0.9f * height;
}

/// Throws `annotation_error` for a list of boxes that seems to hold corners (x_1, y_1, x_2, y_2) in place of x, y, width and height: read
/// as corners every box has a size and lies on its photo, read as sizes a third or more of the boxes reach beyond their photos, or three quarters of
/// them end at the photo's far edges (`ends_at_far_edges`). Where the numbers alone leave room for doubt, up to 16 photos are decoded; those that
/// cannot be read are passed over.
inline void refuse_corner_boxes(std::filesystem::path const& list, std::filesystem::path const& images, annotation_rows const& rows,
                                image::limits const& limits) {
    constexpr std::size_t most_photos = 16, fewest_photos = 4;
    std::vector<std::size_t> boxes;
    for (std::size_t i = 0; i < rows.box_lines.size(); ++i) {
        if (rows.box_lines[i] == 0) continue;
        box const& b = *rows.truths[i].face;
        if (b.left < 0 || b.top < 0 || b.width <= b.left || b.height <= b.top) return; // no corners
        boxes.push_back(i);
    }
    std::size_t const sample = std::min(most_photos, boxes.size());
    std::size_t read = 0, beyond = 0, at_edges = 0, first = 0;
    std::string size;
    for (std::size_t n = 0; n < sample; ++n) {
        std::size_t const i = boxes[n * boxes.size() / sample];
        box const& b = *rows.truths[i].face;
        try {
            auto const photo = image::read(images / rows.names[i], limits);
            auto const width = static_cast<float>(image::width(photo)), height = static_cast<float>(image::height(photo));
            if (b.width > width + 1 || b.height > height + 1) return; // no corners either
            ++read;
            bool const is_beyond = b.right() > width + 1 || b.bottom() > height + 1, is_at_edges = ends_at_far_edges(b, width, height);
            if ((is_beyond || is_at_edges) && beyond + at_edges == 0) {
                first = i;
                size = join({image::width(photo), "x", image::height(photo)});
            }
            beyond += is_beyond;
            at_edges += !is_beyond && is_at_edges;
        } catch (file_error const&) { // the loader reports it
        }
    }
    if (read < fewest_photos || (3 * beyond < read && 4 * (beyond + at_edges) < 3 * read)) return;
    throw annotation_error(list.string(), rows.box_lines[first],
                           {"the box reaches to the edge of its photo of ", size, " pixels or beyond, and so do ", beyond + at_edges,
                            " of ", read,
                            " boxes that were looked at. The numbers seem to be corners, x_1 y_1 x_2 y_2; expected are x, y, width "
                            "and height. If they are, set celeba_options.check_boxes to false"});
}

} // namespace mcfa::data
