// SPDX-License-Identifier: MIT
// Measures faces found in whole photos: scenes laid out from annotated photos, and single photos, or what another detector found on the same;
// WIDER FACE's average precision; and what is still found with one thing about a photo changed.
#include "arithmetic_option.hpp"
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "detection/change_evaluation.hpp"
#include "detection/detection_page.hpp"
#include "detection/wider_evaluation.hpp"
#include "detection_options.hpp"
#include "photo_limits.hpp"
#include "report/markup.hpp"

#include <mcfa/data/celeba.hpp>
#include <mcfa/detect/score/detection_report.hpp>
#include <mcfa/detect/score/found_faces.hpp>
#include <mcfa/detect/score/scenes.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/train/progress.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace {

using mcfa::detect::detection_report;
using mcfa::detect::found_face;
using mcfa::detect::scene;
using mcfa::detect::scene_maker;
using attribute_names = mcfa::zoo::celeba_attributes;

struct options {
    std::string model, data, wider, other_faces, split = "test", json, found, details, photos, report, arithmetic = "float";
    detection_options find;
    photo_limits largest;
    std::size_t scenes = 120, singles = 300, vary = 0, wider_photos = 0;
    std::uint64_t seed = 1;
    int threads = 2;
};

mcfa::data::split choose(mcfa::data::celeba const& faces, std::string const& name) {
    if (name == "train") return faces.training();
    if (name == "val") return faces.validation();
    if (name == "test") return faces.test();
    throw mcfa::option_error("split: '" + name + "', must be train, val or test");
}

/// Scenes first, then single photos that are on no scene, as far as there are any.
template <class F>
void each_picture(options const& o, mcfa::data::split const& photos, F&& f) {
    std::vector<std::size_t> order(photos.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    mcfa::data::shuffle(order, {o.seed});
    std::size_t const singles = std::min(o.singles, order.size());
    scene_maker scenes(photos, {order.begin() + static_cast<std::ptrdiff_t>(singles), order.end()}, {.seed = {o.seed}});
    std::size_t count = 0;
    while (count < o.scenes) {
        auto const made = scenes.next();
        if (!made) break;
        f(*made, true);
        ++count;
    }
    for (std::size_t i = 0; i < singles; ++i) f(mcfa::detect::single(photos, order[i]), false);
}

template <class Prediction>
std::vector<float> attributes_of(Prediction const& p) {
    auto const all = p.template get<attribute_names>();
    return {all.begin(), all.end()};
}

found_face found_of(face_type const& face) {
    return {face.box, face.probability, {face.landmarks.begin(), face.landmarks.end()}, attributes_of(face)};
}

void write_details(options const& o, detection_report const& report) {
    if (!o.details.empty()) write_text(o.details, report.details());
}

/// The figures of `result` as rows of a table: name and value; "-" for what was not measured.
std::vector<std::vector<std::string>> rows_of(nlohmann::json const& result) {
    static constexpr std::pair<char const*, char const*> names[]{
        {"photos", "pictures"},
        {"faces", "faces on them"},
        {"ap", "average precision at an intersection over union of 0.5"},
        {"recall", "recall with less than one false alarm in ten pictures"},
        {"recall_without_false_alarms", "recall without a false alarm"},
        {"nme", "landmark error over the distance between the eyes"},
        {"mean_accuracy", "mean attribute accuracy, faces found"},
        {"mean_accuracy_given_windows", "mean attribute accuracy, the same faces' true windows"},
        {"ms_per_photo", "milliseconds a scene of 640x480"}};
    std::vector<std::vector<std::string>> rows;
    for (auto const& [key, name] : names) {
        if (!result.contains(key)) continue;
        auto const& value = result[key];
        rows.push_back({name, value.is_null() ? "-" : report::number(value.get<double>(), value.is_number_float() ? 4 : 0)});
    }
    return rows;
}

void write_report(options const& o, std::vector<std::string> const& headings, std::vector<std::vector<std::string>> const& rows,
                  std::vector<named_curve> const& curves, wrong_faces const& wrong) {
    if (o.report.empty()) return;
    std::string const from = o.found.empty() ? "Weights: " + o.model : "Found faces: " + o.found;
    std::string const photos = "Photos: " + (o.wider.empty() ? o.data + ", " + o.split : o.wider);
    write_text(o.report, detection_page({from, photos}, headings, rows, curves, wrong));
}

/// Adds one picture to the report and to the pictures of what is wrong.
void add(detection_report& report, wrong_faces& wrong, scene const& picture, std::vector<found_face> const& found,
         std::function<std::vector<float>(mcfa::annotation const&)> const& given) {
    std::vector<mcfa::box> boxes, truth;
    std::vector<float> scores;
    for (auto const& f : found) boxes.push_back(f.box), scores.push_back(f.score);
    for (auto const& t : picture.faces) truth.push_back(t.face.value());
    wrong.add(picture.photo, picture.name, boxes, scores, truth, report.add(picture, found, given));
}

/// Judges what a cascade finds: find(scene) with times on the scenes, and what it says of given windows.
nlohmann::json evaluate(options const& o, mcfa::data::split const& photos) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, o.threads);
    auto how = detector_options_of(o.find, cascade->model().detection_thresholds(), cascade->stages());
    if (how.thresholds.empty()) how.thresholds.assign(cascade->stages(), 0.5);
    wrong_faces wrong(how.thresholds.back());
    how.thresholds.back() = std::min(how.thresholds.back(), 0.05); // the curve needs the doubtful ones too
    auto const find = detector_of(*cascade, o.find, how, arithmetic_of(o.arithmetic, cascade->model()), o.threads);
    auto const given = cascade->judge(how.mirror);
    detection_report report(*photos.source().attributes(), attribute_names::names);
    std::size_t timed = 0;
    double seconds = 0;
    mcfa::progress_bar bar("pictures", o.scenes + o.singles, stderr);
    std::size_t done = 0;
    each_picture(o, photos, [&](scene const& picture, bool is_scene) {
        if (timed == 0) find(picture.photo); // buffers grow once
        auto const start = std::chrono::steady_clock::now();
        auto const faces = find(picture.photo);
        if (is_scene || o.scenes == 0) seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), ++timed;
        std::vector<found_face> found;
        for (auto const& face : faces) found.push_back(found_of(face));
        add(report, wrong, picture, found, [&](mcfa::annotation const& truth) {
            return attributes_of(given(picture.photo, mcfa::data::reference_square(*truth.face, how.context)));
        });
        bar.show(++done, "");
    });
    auto result = report.result();
    result["ms_per_photo"] = timed > 0 ? nlohmann::json(1000 * seconds / static_cast<double>(timed)) : nlohmann::json();
    result["threads"] = o.threads;
    result["smallest_face"] = how.smallest_face;
    result["thresholds"] = how.thresholds;
    result["looks"] = how.looks;
    result["mirror"] = how.mirror;
    write_details(o, report);
    write_report(o, {"figure", "value"}, rows_of(result), {{"", report.score().curve()}}, wrong);
    return result;
}

/// What another program found, by the picture's name.
class others_findings {
public:
    explicit others_findings(std::string path) : path_(std::move(path)), all_(mcfa::detect::read_found(path_)) {}
    /// Throws mcfa::file_error if there is no line for the picture.
    std::vector<found_face> const& on(std::string const& name) const {
        auto const found = all_.find(name);
        if (found == all_.end()) throw mcfa::file_error(path_, "says nothing of " + name);
        return found->second;
    }

private:
    std::string path_;
    std::map<std::string, std::vector<found_face>> all_;
};

/// Judges what another program found, a line of JSON for each picture that `--photos` wrote.
nlohmann::json judge_found(options const& o, mcfa::data::split const& photos) {
    others_findings const others(o.found);
    detection_report report(*photos.source().attributes(), attribute_names::names);
    wrong_faces wrong(0.5);
    each_picture(o, photos, [&](scene const& picture, bool) { add(report, wrong, picture, others.on(picture.name), {}); });
    write_details(o, report);
    auto result = report.result();
    write_report(o, {"figure", "value"}, rows_of(result), {{"", report.score().curve()}}, wrong);
    return result;
}

void write_photos(options const& o, mcfa::data::split const& photos) {
    std::filesystem::create_directories(o.photos);
    each_picture(o, photos, [&](scene const& picture, bool) {
        mcfa::image::write_png(std::filesystem::path(o.photos) / (picture.name + ".png"), picture.photo);
    });
}

/// "-" for what was not measured.
std::string shown(nlohmann::json const& r, char const* name, char const* format, double scale = 1) {
    if (!r.contains(name) || !r[name].is_number()) return "-";
    char text[64];
    std::snprintf(text, sizeof text, format, scale * r[name].get<double>());
    return text;
}

void print(nlohmann::json const& r) {
    std::printf("pictures %s, faces %s\n", shown(r, "photos", "%.0f").c_str(), shown(r, "faces", "%.0f").c_str());
    std::printf("average precision at IoU 0.5: %s\n", shown(r, "ap", "%.4f").c_str());
    std::printf("recall with less than one false alarm in ten photos: %s; with none at all: %s\n", shown(r, "recall", "%.4f").c_str(),
                shown(r, "recall_without_false_alarms", "%.4f").c_str());
    std::printf("landmark error over eye distance (NME), faces found: %s\n", shown(r, "nme", "%.2f %%", 100).c_str());
    if (r.contains("mean_accuracy"))
        std::printf("mean attribute accuracy: %s on faces found, %s on the same faces' given windows\n",
                    shown(r, "mean_accuracy", "%.2f %%", 100).c_str(), shown(r, "mean_accuracy_given_windows", "%.2f %%", 100).c_str());
    if (r.contains("ms_per_photo")) std::printf("%s ms a scene of 640x480\n", shown(r, "ms_per_photo", "%.1f").c_str());
}

/// A detector with the thresholds of the weights file, the last at most `last`; and the last threshold as it was.
std::pair<face_finder, double> load_finder(options const& o, double last) {
    if (o.model.empty()) throw mcfa::option_error("model: none is given");
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, o.threads);
    auto how = detector_options_of(o.find, cascade->model().detection_thresholds(), cascade->stages());
    if (how.thresholds.empty()) how.thresholds.assign(cascade->stages(), 0.5);
    double const threshold = how.thresholds.back();
    how.thresholds.back() = std::min(threshold, last);
    return {detector_of(*cascade, o.find, how, arithmetic_of(o.arithmetic, cascade->model()), o.threads), threshold};
}

int write_result(options const& o, nlohmann::json const& result) {
    if (!o.json.empty()) write_text(o.json, result.dump(2) + "\n");
    return 0;
}

/// WIDER FACE's figures of the weights, or of what another program found.
wider_result wider_figures(options const& o, wrong_faces& wrong) {
    if (!o.found.empty()) {
        others_findings const others(o.found);
        auto const find = [&](std::string const& file, mcfa::image::pixels const&) { return others.on(file); };
        return evaluate_wider(o.wider, find, o.wider_photos, wrong);
    }
    auto const [find, threshold] = load_finder(o, 0.02); // the curve needs the doubtful ones too
    wrong = wrong_faces(threshold);
    auto const as_found = [&find = find](std::string const&, mcfa::image::pixels const& photo) {
        std::vector<found_face> found;
        for (auto const& face : find(photo)) found.push_back(found_of(face));
        return found;
    };
    return evaluate_wider(o.wider, as_found, o.wider_photos, wrong);
}

int run(options const& o) {
    if (!o.wider.empty()) {
        wrong_faces wrong(0.5);
        auto const result = wider_figures(o, wrong);
        print_wider(result.figures);
        write_report(o, {"subset", "average precision", "highest recall"}, wider_rows(result.figures), result.curves, wrong);
        return write_result(o, result.figures);
    }
    if (o.data.empty()) throw mcfa::option_error("data: give --data, or --wider");
    mcfa::data::celeba_options lists;
    lists.other_faces = o.other_faces;
    lists.limits = o.largest.limits();
    mcfa::data::celeba const faces{o.data, lists};
    auto const photos = choose(faces, o.split);
    if (o.vary > 0) {
        auto const [find, threshold] = load_finder(o, 1);
        wrong_faces wrong(threshold);
        auto const result = evaluate_changes(photos, find, o.vary, {o.seed}, wrong);
        print_changes(result);
        write_report(o, {"change", "found", "landmark error"}, change_rows(result), {}, wrong);
        return write_result(o, result);
    }
    if (!o.photos.empty()) write_photos(o, photos);
    nlohmann::json result;
    if (!o.found.empty()) result = judge_found(o, photos);
    else if (!o.model.empty()) result = evaluate(o, photos);
    else if (o.photos.empty()) throw mcfa::option_error("nothing to do: give --model, --found or --photos");
    else return 0;
    if (result.at("faces") == 0) throw mcfa::error("there is no face to measure: the split, or --scenes and --singles, give no picture");
    print(result);
    return write_result(o, result);
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{
        "Measure faces found in whole photos: scenes of several annotated photos at random sizes on one canvas, and single photos."};
    line.add("--model", o.model, "weights of `train`");
    line.add("--data", o.data, "folder with Img/, Anno/ and Eval/");
    line.add("--wider", o.wider, "instead: folder of WIDER FACE's validation part, Img/ and truth.jsonl, for its three average precisions");
    line.add("--wider-photos", o.wider_photos, "of these the first ones, at most; 0: all");
    line.add("--vary", o.vary, "instead: number of faces that are found, found again with light, colour, sharpness or turn changed");
    line.add("--other-faces", o.other_faces, "list of boxes of faces that the data does not speak of: they count neither way");
    line.add("--split", o.split, "train, val or test");
    line.add("--scenes", o.scenes, "canvases of 640x480");
    line.add("--singles", o.singles, "photos as they are");
    line.add("--seed", o.seed, "of what is laid out where");
    line.add("--threads", o.threads, "for the net").positive();
    line.add("--json", o.json, "also write the figures to this file");
    line.add("--details", o.details, "also write a line of JSON for each true face to this file");
    line.add("--report", o.report, "also write a page of HTML, with pictures of the faces that were missed and of the false alarms");
    line.add("--photos", o.photos, "write the pictures into this folder, as PNG, for another detector");
    line.add(
        "--found", o.found,
        R"(judge this file instead of a model: lines of {"photo": NAME, "faces": [{"box", "score", "landmarks"}]}; with --wider NAME is a )"
        "file below Img/");
    add_arithmetic(line, o.arithmetic);
    add_detection_options(line, o.find);
    add_photo_limits(line, o.largest);
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("evaluate_detection", [&] { return run(o); });
}
