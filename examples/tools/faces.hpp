// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/image/annotate.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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

/// A detected face as JSON: box (left, top, width, height) and landmarks in photo pixels, probabilities from 0 to 1, and which
/// attributes are said.
template <class Face>
nlohmann::json to_json(Face const& face) {
    using names = mcfa::zoo::celeba_attributes;
    nlohmann::json attributes, landmarks = nlohmann::json::array();
    auto const probabilities = face.template get<names>();
    for (std::size_t k = 0; k < probabilities.size(); ++k) attributes[std::string(names::names[k])] = probabilities[k];
    for (mcfa::point const p : face.landmarks) landmarks.push_back({p.x, p.y});
    return {{"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
            {"probability", face.probability},
            {"landmarks", landmarks},
            {"attributes", attributes},
            {"said", said_attributes(face.predicted)}};
}

/// A line of JSON. Bytes of a file's name that are not UTF-8 become U+FFFD, which JSON cannot do without.
inline std::string json_line(nlohmann::json const& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

/// The attributes that are at least `sure` probable, or without `sure` those that are said, the most probable first.
template <class Face>
std::vector<std::string> sure_attributes(Face const& face, std::optional<float> sure) {
    using names = mcfa::zoo::celeba_attributes;
    auto const probabilities = face.template get<names>();
    std::vector<std::pair<float, std::string>> some;
    for (std::size_t k = 0; k < probabilities.size(); ++k) {
        if (sure ? probabilities[k] < *sure : !(probabilities[k] > face.predicted.attribute_thresholds[k])) continue;
        std::string name(names::names[k]);
        std::replace(name.begin(), name.end(), '_', ' ');
        some.emplace_back(probabilities[k], name);
    }
    std::stable_sort(some.begin(), some.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    std::vector<std::string> lines;
    for (auto& [probability, name] : some) lines.push_back(std::move(name));
    return lines;
}

/// The photo with boxes, landmarks and sure attributes; see `mcfa::image::annotated`.
template <class Faces>
mcfa::image::pixels annotated(mcfa::image::frame const& photo, Faces const& faces, std::optional<float> sure) {
    std::vector<mcfa::image::face_marks> marks;
    for (auto const& face : faces) {
        marks.push_back({face.box, {face.landmarks.begin(), face.landmarks.end()}, sure_attributes(face, sure)});
        marks.back().lines.insert(marks.back().lines.begin(), mcfa::join({"face ", static_cast<int>(100 * face.probability), " %"}));
    }
    return mcfa::image::annotated(photo, marks);
}
