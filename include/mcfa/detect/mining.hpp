// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/plan.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/detect/detected_face.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace mcfa::detect {

/// Whether something that was found on a photo is no face: its window overlaps the face's reference square by less than 0.3, as a negative window
/// does (a small part of the face is a false alarm too), its box the face's box by less than 0.3, and it shows none of the other faces that are known.
template <class Face>
bool is_false_alarm(Face const& found, annotation const& truth, float context) {
    auto const beside = [&](box const& face) {
        return data::overlap(found.window, data::reference_square(face, context)) < data::negative_overlap &&
               iou(found.box, face) < data::negative_overlap;
    };
    if (truth.face && !beside(*truth.face)) return false;
    return std::all_of(truth.other_faces.begin(), truth.other_faces.end(),
                       [&](box const& face) { return beside(face) && !data::shows_face(found.window, face, context); });
}

/// What a detector found on training photos.
struct mining_result {
    std::vector<data::mined_window> alarms;
    std::size_t photos = 0; ///< that could be read
    std::size_t faces_found =
        0; ///< annotated faces on them that a box overlaps by 0.5 or more; a detector that sees little gives few alarms
};

/// Looks for false alarms on `most_photos` photos of a split, drawn by `key`; the alarms are in the order of their drawing. Photos that cannot be read
/// are passed over; if none can be read, throws `error` with the reason of the last. Calls `seen(done, total, alarms)` after each photo.
template <class Detector, class Seen>
mining_result mine(Detector const& find, data::split const& photos, std::size_t most_photos, std::uint64_t key, Seen&& seen) {
    std::vector<std::size_t> order(photos.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    data::shuffle(order, {key});
    order.resize(std::min(order.size(), most_photos));
    mining_result result;
    std::string problem;
    for (std::size_t i = 0; i < order.size(); ++i) {
        try {
            auto const example = photos.load(order[i]);
            auto const all = find(example.photo);
            for (auto const& found : all)
                if (is_false_alarm(found, example.truth, find.options().context))
                    result.alarms.push_back({photos.photos()[order[i]], found.window});
            auto const& face = example.truth.face;
            result.faces_found +=
                face && std::any_of(all.begin(), all.end(), [&](auto const& found) { return iou(found.box, *face) >= 0.5f; });
            ++result.photos;
        } catch (file_error const& unreadable) { // the loader reports it
            problem = unreadable.what();
        }
        seen(i + 1, order.size(), result.alarms.size());
    }
    if (result.photos == 0 && !order.empty()) throw error({"mining: no photo could be read; the last: ", problem});
    return result;
}

} // namespace mcfa::detect
