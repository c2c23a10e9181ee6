// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/io/safetensors/checksum.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mcfa::data {

/// Number and digest of photos with all that is known of them: names without folders, so that data may be moved, boxes, landmarks,
/// attributes and measurements. Not of their pixels, which would have to be read.
inline std::string photos_text(dataset const& source, std::vector<std::size_t> const& photos) {
    io::data_checksum digest;
    auto const add = [&](auto const& values) {
        std::size_t const size = values.size(); // so that values cannot move from one list to the next
        digest.add(std::as_bytes(std::span(&size, 1)));
        digest.add(std::as_bytes(std::span(values)));
    };
    for (auto const& name : source.attributes()->names()) add(name);
    for (std::size_t const photo : photos) {
        annotation const known = source.label(photo);
        add(std::filesystem::path(source.name(photo)).filename().string());
        add(known.face ? std::vector<box>{*known.face} : std::vector<box>{});
        add(known.landmarks);
        add(known.attributes);
        add(known.other_faces);
        for (auto const& [name, values] : known.measurements) add(name), add(values);
    }
    return join({photos.size(), " photos, ", digest.text()});
}

/// Nothing where there are none, so that trainings from before these options go on.
inline std::string corruptions_text(corruptions const& o) {
    if (o.share == 0) return {};
    return join({", corrupted ", o.share,      ": gain ", o.gain.least, " to ",        o.gain.most, ", gamma ", o.gamma.least,
                 " to ",         o.gamma.most, ", cast ", o.cast,       ", contrast ", o.contrast,  ", noise ", o.noise,
                 ", cover ",     o.cover,      ", edge ", o.edge,       ", angle ",    o.angle});
}

/// How windows are drawn, option by option.
inline std::string windows_text(sampling const& o) {
    return join({"context ",
                 o.context,
                 ", shift ",
                 o.shift,
                 ", scale ",
                 o.scale.least,
                 " to ",
                 o.scale.most,
                 ", angle ",
                 o.angle,
                 ", mirror ",
                 o.mirror,
                 ", brightness ",
                 o.brightness,
                 ", contrast ",
                 o.contrast,
                 ", saturation ",
                 o.saturation,
                 ", resolution ",
                 o.resolution,
                 ", inside ",
                 o.inside,
                 ", mined ",
                 o.mined,
                 corruptions_text(o.corrupt),
                 o.evaluation == evaluation_windows::shifted ? ", shifted for evaluation" : ""});
}

/// The ratio of kinds of windows.
inline std::string mix_text(window_mix const& m) {
    return join({"positive ", m.positive, ", part ", m.part, ", negative ", m.negative, ", landmarks ", m.landmarks});
}

} // namespace mcfa::data
