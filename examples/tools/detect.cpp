// SPDX-License-Identifier: MIT
// Finds faces in photos and folders of photos: annotated pictures for people, a line of JSON for each photo for programs.
#include "arithmetic_option.hpp"
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "detection_options.hpp"
#include "faces.hpp"
#include "inputs/photo_files.hpp"
#include "photo_limits.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/core/utf8.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/train/progress.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct options {
    std::string model = MCFA_SHIPPED_MODEL, out;
    std::vector<std::string> inputs;
    detection_options find;
    photo_limits largest;
    std::string arithmetic = "automatic";
    bool json = false, judgements = false, verbose = false;
    float sure = -1;
    int threads = 2;
};

/// Where an annotated picture goes; no two to one place. A name is cut, at a character, to what the file system takes.
fs::path picture_path(fs::path const& out, fs::path const& name, std::set<fs::path>& taken) {
    fs::path const folder = out / name.parent_path();
    fs::create_directories(folder);
    long const limit = ::pathconf(folder.c_str(), _PC_NAME_MAX);
    std::size_t const longest = limit > 32 ? static_cast<std::size_t>(limit) : 255;
    std::string const file = name.filename().string();
    for (int i = 1;; ++i) {
        std::string const end = i > 1 ? mcfa::join({"-", i, ".png"}) : ".png";
        std::size_t kept = 0;
        while (kept < file.size()) {
            auto const next = mcfa::first_character(std::string_view(file).substr(kept)).bytes;
            if (kept + next + end.size() > longest) break;
            kept += next;
        }
        fs::path path = folder / (file.substr(0, kept) + end);
        if (taken.insert(path).second) return path;
    }
}

void print(fs::path const& path, std::vector<face_type> const& faces, spoken_attributes const& spoken) {
    std::printf("%s: %zu face%s\n", mcfa::printable(path.string()).c_str(), faces.size(), faces.size() == 1 ? "" : "s");
    for (auto const& face : faces) {
        std::printf("  %s  left %.0f top %.0f width %.0f height %.0f ", probability_text(face.probability).c_str(),
                    static_cast<double>(face.box.left), static_cast<double>(face.box.top), static_cast<double>(face.box.width),
                    static_cast<double>(face.box.height));
        auto const names = sure_attributes(face, spoken);
        for (std::size_t i = 0; i < names.size(); ++i) std::printf("%s%s", i == 0 ? " " : ", ", names[i].c_str());
        std::printf("\n");
    }
}

void print_json(fs::path const& path, mcfa::image::pixels const& photo, std::vector<face_type> const& faces,
                mcfa::detection_limits_met const& met) {
    nlohmann::json line{{"photo", path.string()}, {"width", mcfa::image::width(photo)}, {"height", mcfa::image::height(photo)}};
    line["candidates_left_out"] = met.candidates_left_out;
    line["faces"] = nlohmann::json::array();
    for (auto const& face : faces) line["faces"].push_back(to_json(face));
    std::fputs(json_line(line).c_str(), stdout);
}

/// The files that are no images: how many, and the names of the first.
void name_other_files(std::vector<std::string> const& files) {
    constexpr std::size_t most = 20;
    if (files.empty()) return;
    std::string text = std::to_string(files.size()) + (files.size() == 1 ? " file that is no image" : " files that are no images") + ": ";
    for (std::size_t i = 0; i < std::min(most, files.size()); ++i) text += (i > 0 ? ", " : "") + files[i];
    complain("detect", files.size() > most ? text + " and others" : text);
}

/// What became of one photo.
struct outcome {
    std::size_t faces = 0;
    bool whole = true; ///< no limit was met
};

/// Finds, prints and draws the faces of one photo.
outcome find_in(options const& o, spoken_attributes const& spoken, face_finder const& find, photo_file const& each,
                std::set<fs::path>& taken) {
    std::string note;
    auto const photo = mcfa::image::read(each.path, o.largest.limits(), &note);
    if (!note.empty()) complain("detect", note);
    int const height = mcfa::image::height(photo), width = mcfa::image::width(photo);
    if (static_cast<float>(std::min(height, width)) < o.find.smallest_face)
        complain("detect",
                 mcfa::join({each.path.string(), ": ", width, "x", height, " pixels, no room for the smallest face that is looked for (",
                             std::to_string(o.find.smallest_face), " pixels)"}));
    try {
        mcfa::detection_limits_met met;
        auto const faces = find(photo, &met);
        if (o.json) print_json(each.path, photo, faces, met);
        else print(each.path, faces, spoken);
        if (!o.out.empty()) mcfa::image::write_png(picture_path(o.out, each.name, taken), annotated(photo, faces, spoken));
        if (met.candidates_left_out > 0)
            complain("detect", mcfa::join({each.path.string(), ": ", met.candidates_left_out,
                                           " windows that may show a face were not judged; --most-candidates raises the limit"}));
        return {faces.size(), met.candidates_left_out == 0};
    } catch (std::bad_alloc const&) {
        throw mcfa::file_error(each.path.string(),
                               {"not enough memory to find faces on a photo of ", width, "x", height, " pixels, which takes ", photo.size(),
                                " bytes itself; a larger --smallest-face "
                                "takes less"});
    }
}

/// Of the last stage of the weights that ship, behind the finder that ships. Fewer false alarms reach that stage than from its own sweep, for which
/// the weights file says 0.95: at 0.9 more faces are found, and still fewer alarms (docs/results.md).
constexpr double threshold_behind_finder = 0.9;

/// Says on standard error what computes, and with which options.
void say_how(options const& o, arithmetic in, mcfa::detector_options const& how) {
    using namespace mcfa::backend::eigen_engine;
    std::string text = mcfa::join({"weights ", mcfa::printable(o.model), "; arithmetic ", name_of(in), ", vectors of ", vector_bytes,
                                   " bytes, products of bytes by ", name_of(quads_in_use()), "; threads ", o.threads, "; thresholds"});
    for (double const t : how.thresholds) text += mcfa::join({" ", t});
    text += mcfa::join({"; faces of ", static_cast<double>(how.smallest_face), " pixels and more", how.mirror ? ", with the mirror" : "",
                        how.turned ? ", at every angle" : ""});
    if (has_finder(o.find)) text += mcfa::join({"; windows proposed by ", mcfa::printable(o.find.finder)});
    complain("detect", text);
}

/// How many inputs failed or were not wholly looked at; each is named, and the others go on.
std::size_t detect(options const& o) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, o.threads);
    arithmetic const in = arithmetic_of(o.arithmetic, cascade->model());
    auto const how = detector_options_of(o.find, cascade->model().detection_thresholds(), cascade->stages());
    auto const find = detector_of(*cascade, o.find, how, in, o.threads);
    if (o.verbose) say_how(o, in, find.options());
    spoken_attributes spoken{.sure = {}, .judgements = o.judgements};
    if (o.sure >= 0) spoken.sure = o.sure;
    else if (cascade->model().attribute_thresholds().empty()) // many are above 0.5 that are hardly sure, too many to draw
        spoken.sure = 0.95f;
    auto const inputs = find_photos(o.inputs);
    for (auto const& problem : inputs.failed) complain("detect", problem);
    name_other_files(inputs.other_files);
    std::size_t failed = inputs.failed.size(), done = 0, count = 0;
    mcfa::progress_bar bar("photos", inputs.photos.size(), stderr);
    std::set<fs::path> taken;
    for (photo_file const& each : inputs.photos) {
        bar.clear();
        try {
            auto const found = find_in(o, spoken, find, each, taken);
            count += found.faces;
            failed += !found.whole;
        } catch (std::exception const& problem) {
            complain_of_photo("detect", each.path.string(), problem);
            ++failed;
        }
        flush_output();
        bar.show(++done, mcfa::join({count, " faces, ", failed, " failed"}));
    }
    return failed;
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Find faces in photos: box, landmarks and attributes. What cannot be read, links to folders, which are not followed, "
                      "and photos with "
                      "more candidates than the limit are named; then the exit status is 1."};
    line.add("--model", o.model, "weights of `train`").shown_default("those that ship, examples/models/slim.safetensors");
    line.add("--out", o.out, "folder for annotated pictures, PNG");
    line.add_flag("--json", o.json, "one JSON object per line and photo instead of text; places are pixels of the upright photo");
    line.add("--sure", o.sure, "least probability of an attribute that is drawn or printed")
        .from_to(0, 1)
        .shown_default("above its threshold in the weights file, or 0.95 where there are none");
    line.add_flag("--judgements", o.judgements, "also say what judges looks: Attractive, Big Nose, Young, ...");
    line.add("--threads", o.threads, "for the net").positive();
    add_arithmetic(line, o.arithmetic);
    line.add_flag("--verbose", o.verbose, "say on standard error what computes, and with which options");
    add_detection_options(line, o.find, "of the weights that ship, examples/models/finder.safetensors; of others none");
    add_photo_limits(line, o.largest);
    line.add("inputs", o.inputs, "JPEG or PNG files, and folders of them; below folders photos are known by their content").required();
    if (auto const status = line.parse(argc, argv)) return *status;
    if (o.find.finder.empty() && o.model == MCFA_SHIPPED_MODEL) {
        o.find.finder = MCFA_SHIPPED_FINDER;
        if (o.find.thresholds.empty()) o.find.thresholds = {0.5, 0.5, threshold_behind_finder};
    }

    return run_program("detect", [&] { return detect(o) > 0 ? 1 : 0; });
}
