// SPDX-License-Identifier: MIT
// Tells attributes, box and landmarks of faces that are already cut out of their photos.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "faces.hpp"
#include "photo_limits.hpp"

#include <mcfa/core/printable.hpp>
#include <mcfa/image/read.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

struct options {
    std::string model;
    std::vector<std::string> images;
    photo_limits largest;
    bool json = false;
    int threads = 2;
};

nlohmann::json described(std::string const& path, prediction_type const& r, mcfa::image::placement const& whole) {
    using names = mcfa::zoo::celeba_attributes;
    auto const place = [&](mcfa::point p) { return mcfa::image::to_photo(whole, p); };
    auto const box = r.get<mcfa::face_box>();
    auto const corner = place({box.left, box.top});
    nlohmann::json attributes, landmarks;
    auto const probabilities = r.get<names>();
    for (std::size_t k = 0; k < probabilities.size(); ++k) attributes[std::string(names::names[k])] = probabilities[k];
    for (auto const& p : r.get<mcfa::landmarks<5>>()) landmarks.push_back({place(p).x, place(p).y});
    return {{"image", path},
            {"face", r.get<mcfa::face_class>()},
            {"box", {corner.x, corner.y, box.width * whole.side, box.height * whole.side}},
            {"landmarks", landmarks},
            {"attributes", attributes},
            {"said", said_attributes(r)}};
}

void print(nlohmann::json const& face) {
    auto const& box = face["box"];
    std::printf("%s\n  face %.3f, box left %.1f top %.1f width %.1f height %.1f\n  landmarks",
                mcfa::printable(face["image"].get<std::string>()).c_str(), face["face"].get<double>(), box[0].get<double>(),
                box[1].get<double>(), box[2].get<double>(), box[3].get<double>());
    for (auto const& p : face["landmarks"]) std::printf(" (%.1f, %.1f)", p[0].get<double>(), p[1].get<double>());
    std::printf("\n  likely:");
    for (auto const& name : face["said"])
        std::printf(" %s %.2f", name.get<std::string>().c_str(), face["attributes"][name.get<std::string>()].get<double>());
    std::printf("\n");
}

/// How many images failed; each is reported, and the others go on.
int predict(options const& o) {
    auto const cascade = load_cascade(mcfa::io::safetensors_file::read(o.model), o.threads);
    auto const judge = cascade->judge(false);
    int failed = 0;
    for (std::string const& path : o.images) {
        try {
            std::string note;
            auto const photo = mcfa::image::read(path, o.largest.limits(), &note);
            if (!note.empty()) complain("predict", note);
            auto const height = static_cast<float>(photo.shape()[0]), width = static_cast<float>(photo.shape()[1]);
            mcfa::image::placement const whole{{width / 2, height / 2}, std::max(width, height), 0, false};
            auto const face = described(path, judge(photo, whole), whole);
            if (o.json) std::fputs(json_line(face).c_str(), stdout);
            else print(face);
        } catch (std::exception const& problem) {
            complain_of_photo("predict", path, problem);
            ++failed;
        }
        flush_output();
    }
    return failed;
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Tell attributes, box and landmarks of pre-cropped faces: each image is one face with some room around it "
                      "(the window is 1.6 times the face's box)."};
    line.add("--model", o.model, "weights, as best.safetensors of `train`").required();
    line.add_flag("--json", o.json, "one JSON object per line instead of text; places are pixels of the image");
    line.add("--threads", o.threads, "for the net");
    add_photo_limits(line, o.largest);
    line.add("images", o.images, "JPEG or PNG files").required();
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("predict", [&] { return predict(o) > 0 ? 1 : 0; });
}
