// SPDX-License-Identifier: MIT
#pragma once

#include "said_order.hpp"

#include <mcfa/image/annotate.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

/// The names of the attributes that are said: the probability is above the threshold of the weights, or 0.5.
template <class Prediction>
nlohmann::json said_attributes(Prediction const& p) {
    using names = mcfa::zoo::celeba_attributes;
    nlohmann::json said = nlohmann::json::array();
    auto const probabilities = p.template get<names>();
    for (std::size_t k = 0; k < probabilities.size(); ++k)
        if (probabilities[k] > p.attribute_thresholds[k]) said.push_back(std::string(names::names[k]));
    return said;
}

/// A detected face as JSON: box (left, top, width, height) and landmarks in photo pixels, its turn in degrees, clockwise, probabilities from 0 to 1,
/// and which attributes are said.
template <class Face>
nlohmann::json to_json(Face const& face) {
    using names = mcfa::zoo::celeba_attributes;
    nlohmann::json attributes, landmarks = nlohmann::json::array();
    auto const probabilities = face.template get<names>();
    for (std::size_t k = 0; k < probabilities.size(); ++k) attributes[std::string(names::names[k])] = probabilities[k];
    for (mcfa::point const p : face.landmarks) landmarks.push_back({p.x, p.y});
    return {{"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
            {"probability", face.probability},
            {"angle", face.angle * 180 / std::numbers::pi_v<float>},
            {"landmarks", landmarks},
            {"attributes", attributes},
            {"said", said_attributes(face.predicted)}};
}

/// A line of JSON. Bytes of a file's name that are not UTF-8 become U+FFFD, which JSON cannot do without.
inline std::string json_line(nlohmann::json const& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

/// A probability as it is printed and drawn.
inline std::string probability_text(float probability) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%.3f", static_cast<double>(probability));
    return digits;
}

/// Which attributes of a face are drawn and printed.
struct spoken_attributes {
    std::optional<float> sure; ///< those that are at least so probable; without it those above their thresholds
    bool judgements = false;   ///< also those that judge looks
};

/// Their names, in the order of `said_order`.
template <class Face>
std::vector<std::string> sure_attributes(Face const& face, spoken_attributes const& spoken) {
    using names = mcfa::zoo::celeba_attributes;
    auto const probabilities = face.template get<names>();
    std::vector<std::string> lines;
    for (std::size_t const k : said_order(spoken.judgements)) {
        if (spoken.sure ? probabilities[k] < *spoken.sure : !(probabilities[k] > face.predicted.attribute_thresholds[k])) continue;
        lines.emplace_back(names::names[k]);
        std::replace(lines.back().begin(), lines.back().end(), '_', ' ');
    }
    return lines;
}

/// The photo with boxes, landmarks and sure attributes; see `mcfa::image::annotated`.
template <class Faces>
mcfa::image::pixels annotated(mcfa::image::frame const& photo, Faces const& faces, spoken_attributes const& spoken) {
    std::vector<mcfa::image::face_marks> marks;
    for (auto const& face : faces) {
        marks.push_back({face.box, {face.landmarks.begin(), face.landmarks.end()}, sure_attributes(face, spoken)});
        marks.back().lines.insert(marks.back().lines.begin(), "face " + probability_text(face.probability));
    }
    return mcfa::image::annotated(photo, marks);
}
