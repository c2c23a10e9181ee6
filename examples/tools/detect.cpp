// SPDX-License-Identifier: MIT
// Finds faces in photos and folders of photos: annotated pictures for people, a line of JSON for each photo for programs.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "detection_options.hpp"
#include "faces.hpp"

#include <mcfa/image/read.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/train/progress.hpp>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct options {
    std::string model = MCFA_SHIPPED_MODEL, out;
    std::vector<std::string> inputs;
    detection_options find;
    bool json = false;
    float sure = 0.95f, megapixels = 100;
    int threads = 2;
};

struct input {
    fs::path path;
    fs::path name; ///< below the folder that was given, or the file's own
};

bool is_photo(fs::path const& path) {
    std::string end = path.extension().string();
    std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return end == ".jpg" || end == ".jpeg" || end == ".png";
}

/// Files as they were given, and the photos below folders in the order of their names. `failed` counts folders without any or unreadable.
std::vector<input> photos_of(std::vector<std::string> const& inputs, int& failed) {
    std::vector<input> all;
    for (std::string const& given : inputs) {
        std::error_code problem;
        if (!fs::is_directory(given, problem)) {
            all.push_back({given, fs::path(given).filename()});
            continue;
        }
        std::vector<input> below;
        fs::recursive_directory_iterator it(given, fs::directory_options::skip_permission_denied, problem), end;
        for (; !problem && it != end; it.increment(problem)) {
            std::error_code unreadable;
            if (is_photo(it->path()) && !it->is_directory(unreadable)) below.push_back({it->path(), it->path().lexically_relative(given)});
        }
        if (problem || below.empty()) {
            std::fprintf(stderr, "detect: %s: %s\n", given.c_str(),
                         problem ? problem.message().c_str() : "a folder without .jpg, .jpeg or .png files");
            ++failed;
        }
        std::sort(below.begin(), below.end(), [](input const& a, input const& b) { return a.path < b.path; });
        all.insert(all.end(), below.begin(), below.end());
    }
    return all;
}

/// Where an annotated picture goes; no two to one place.
fs::path picture_path(fs::path const& out, fs::path const& name, std::set<fs::path>& taken) {
    fs::path path = out / (name.string() + ".png");
    for (int i = 2; !taken.insert(path).second; ++i) path = out / (name.string() + "-" + std::to_string(i) + ".png");
    fs::create_directories(path.parent_path());
    return path;
}

void print(fs::path const& path, std::vector<face_type> const& faces, float sure) {
    std::printf("%s: %zu face%s\n", path.string().c_str(), faces.size(), faces.size() == 1 ? "" : "s");
    for (auto const& face : faces) {
        std::printf("  %.3f  left %.0f top %.0f width %.0f height %.0f ", static_cast<double>(face.probability),
                    static_cast<double>(face.box.left), static_cast<double>(face.box.top), static_cast<double>(face.box.width),
                    static_cast<double>(face.box.height));
        auto const names = sure_attributes(face, sure);
        for (std::size_t i = 0; i < names.size(); ++i) std::printf("%s%s", i == 0 ? " " : ", ", names[i].c_str());
        std::printf("\n");
    }
}

/// Returns how many inputs failed or were not wholly looked at; each is told of, and the others go on.
int detect(options const& o) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, o.threads);
    auto const find = cascade->detector(detector_options_of(o.find, file, cascade->stages()));
    int failed = 0;
    auto const photos = photos_of(o.inputs, failed);
    mcfa::progress_bar bar("photos", photos.size(), stderr);
    std::set<fs::path> taken;
    std::size_t done = 0, count = 0;
    for (input const& each : photos) {
        try {
            std::string note;
            auto const photo = mcfa::image::read(each.path, {.pixels = static_cast<std::int64_t>(o.megapixels * 1e6f)}, &note);
            bar.clear();
            if (!note.empty()) std::fprintf(stderr, "detect: %s\n", note.c_str());
            int const shorter = std::min(mcfa::image::height(photo), mcfa::image::width(photo));
            if (static_cast<float>(shorter) < o.find.smallest_face)
                std::fprintf(stderr, "detect: %s: %dx%d pixels, no room for the smallest face that is looked for (%g pixels)\n",
                             each.path.string().c_str(), mcfa::image::width(photo), mcfa::image::height(photo),
                             static_cast<double>(o.find.smallest_face));
            mcfa::detection_limits_met met;
            auto const faces = find(photo, &met);
            count += faces.size();
            if (met.candidates_left_out > 0) {
                std::fprintf(
                    stderr,
                    "detect: %s: %zu windows that may show a face were not judged, beyond the limit of %d; --most-candidates raises it\n",
                    each.path.string().c_str(), met.candidates_left_out, o.find.most_candidates);
                ++failed;
            }
            if (o.json) {
                nlohmann::json line{
                    {"photo", each.path.string()}, {"width", mcfa::image::width(photo)}, {"height", mcfa::image::height(photo)}};
                line["candidates_left_out"] = met.candidates_left_out;
                line["faces"] = nlohmann::json::array();
                for (auto const& face : faces) line["faces"].push_back(to_json(face));
                std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
            } else {
                print(each.path, faces, o.sure);
            }
            std::fflush(stdout);
            if (std::ferror(stdout)) throw mcfa::error("the output cannot be written");
            if (!o.out.empty()) mcfa::image::write_png(picture_path(o.out, each.name, taken), annotated(photo, faces, o.sure));
        } catch (mcfa::file_error const& problem) {
            bar.clear();
            std::fprintf(stderr, "detect: %s\n", problem.what());
            ++failed;
        }
        bar.show(++done, std::to_string(count) + " faces, " + std::to_string(failed) + " unreadable");
    }
    return failed;
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Find faces in photos: box, landmarks and attributes. Unreadable photos, and photos with more candidates than the "
                      "limit, are reported; then the exit status is 1."};
    line.add("--model", o.model, "weights of `train`").shown_default("those that ship, examples/models/slim.safetensors");
    line.add("--out", o.out, "folder for annotated pictures, PNG");
    line.add_flag("--json", o.json, "one JSON object per line and photo instead of text; places are pixels of the upright photo");
    line.add("--sure", o.sure, "least probability of an attribute that is drawn or printed").from_to(0, 1);
    line.add("--largest-photo", o.megapixels, "millions of pixels; larger ones are refused. Memory is 4 to 13 bytes a pixel")
        .from_to(1, 4000);
    line.add("--threads", o.threads, "for the net").positive();
    add_detection_options(line, o.find);
    line.add("inputs", o.inputs, "JPEG or PNG files, and folders of them").required();
    if (auto const status = line.parse(argc, argv)) return *status;

    try {
        return detect(o) > 0 ? 1 : 0;
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "detect: %s\n", problem.what());
        return 1;
    }
}
