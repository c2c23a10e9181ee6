// SPDX-License-Identifier: MIT
// Measures a trained cascade on a folder of photos in CelebA's layout.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "evaluation/evaluation.hpp"
#include "evaluation/evaluation_page.hpp"
#include "evaluation/threshold_file.hpp"
#include "photo_limits.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/score/threshold.hpp>
#include <mcfa/train/validation.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace {

struct options {
    std::string model, data, split = "test", json, report, choose, write_thresholds, arithmetic = "float";
    photo_limits largest;
    int threads = 2, bits = 32, replicates = 1000;
};

mcfa::data::split choose(mcfa::data::celeba const& faces, std::string const& name, mcfa::data::sampling const& windows) {
    if (name == "train") return faces.training(windows);
    if (name == "val") return faces.validation(windows);
    if (name == "test") return faces.test(windows);
    if (name == "all") return faces.all(windows);
    throw mcfa::option_error("split: '" + name + "', must be train, val, test or all");
}

std::string percent(double figure) { return shown(100 * figure, "%.2f %%"); }

/// Runs one split, looked at through one kind of windows; `each` sees every window.
template <class Validation, class Each>
void judge_split(Validation& judge, model_type const& model, mcfa::data::split const& photos, int threads, Each&& each) {
    auto windows = photos.batches(mcfa::encoding_of(model.net()), {.batch = 32, .threads = threads, .training = false});
    windows.begin(0);
    judge.run(windows, {}, each);
}

/// The same, keeping what is said of each face.
template <class Validation>
judged_faces judged(Validation& judge, model_type const& model, mcfa::data::split const& photos, int threads) {
    judged_faces faces;
    judge_split(judge, model, photos, threads,
                [&](mcfa::validated_window const& window) { faces.add(window, model.net(), photos.source()); });
    return faces;
}

std::string lines_of(std::vector<double> const& thresholds) {
    std::vector<std::string> const names(mcfa::zoo::celeba_attributes::names.begin(), mcfa::zoo::celeba_attributes::names.end());
    return threshold_lines(names, thresholds);
}

/// Thresholds chosen on the validation part, else those of the weights, of which there may be none.
template <class Validation>
std::vector<double> thresholds_for(options const& o, model_type const& model, mcfa::data::celeba const& faces, Validation& judge) {
    if (o.choose.empty()) return model.attribute_thresholds();
    auto const rule = o.choose == "f1" ? mcfa::score::threshold_rule::f1 : mcfa::score::threshold_rule::balanced_accuracy;
    auto const chosen = mcfa::score::best_thresholds(judged(judge, model, faces.validation(), o.threads).attributes, rule);
    if (!o.write_thresholds.empty()) write_text(o.write_thresholds, lines_of(chosen));
    return chosen;
}

/// `Stored` is the arithmetic: float, weights in float16, bfloat16 or int8.
template <class Stored>
void evaluate(options const& o, model_type const& model) {
    using judge_type = mcfa::validation<float, mcfa::backend::eigen, Stored>;
    mcfa::data::celeba_options lists;
    lists.limits = o.largest.limits();
    mcfa::data::celeba const faces{o.data, lists};
    mcfa::data::sampling exact, shifted;
    shifted.evaluation = mcfa::data::evaluation_windows::shifted;
    auto const photos = choose(faces, o.split, exact);
    judge_type on_exact(model, 32), on_shifted(model, 32);
    auto const thresholds = thresholds_for(o, model, faces, on_exact);
    auto const seen = judged(on_exact, model, photos, o.threads);
    judge_split(on_shifted, model, photos.with(shifted), o.threads, [](mcfa::validated_window const&) {});
    evaluation const found(seen, thresholds, o.replicates);
    std::size_t const images = photos.size() - photos.bad_count(), last = model.net().stages.size() - 1;
    double const face = on_exact.template metric<mcfa::face_class>(last).accuracy();
    double const box = on_exact.template metric<mcfa::face_box>(last).iou(),
                 shifted_box = on_shifted.template metric<mcfa::face_box>(last).iou();
    double const shifted_landmarks = on_shifted.template metric<mcfa::landmarks<5>>(last).nme();

    print(found);
    if (!o.choose.empty())
        std::printf("thresholds: chosen on the validation part by %s\n%s", o.choose.c_str(), lines_of(thresholds).c_str());
    else if (!thresholds.empty()) std::puts("thresholds: of the weights");
    std::printf("\nphotos %zu (%s)\n", images, o.split.c_str());
    std::printf("landmark error over eye distance (NME): %s (on shifted windows %s)\n", percent(found.landmark_error).c_str(),
                percent(shifted_landmarks).c_str());
    std::printf("face or background: %s right\n", percent(face).c_str());
    std::printf("box IoU on shifted windows: %s (on exact ones %s, which a net can name without looking)\n", shown(shifted_box).c_str(),
                shown(box).c_str());

    if (!o.report.empty()) {
        std::string facts =
            "Weights " + o.model + " on the part '" + o.split + "' of " + o.data + ", " + std::to_string(images) + " photos.";
        if (!thresholds.empty())
            facts += o.choose.empty() ? " Thresholds are those of the weights."
                                      : " Thresholds were chosen on the validation part by " + o.choose + ".";
        write_text(o.report, evaluation_page("Evaluation of face attributes", facts, found, seen, photos.source()));
    }
    if (o.json.empty()) return;
    auto result = to_json(found);
    auto const& mean = found.rows.back();
    using figure_of = mcfa::score::attribute_figure;
    result["images"] = images;
    result["split"] = o.split;
    result["mean_accuracy"] = mean[figure_of::accuracy];
    result["mean_balanced_accuracy"] = mean[figure_of::balanced_accuracy];
    result["baseline_accuracy"] = mean[figure_of::baseline_accuracy];
    result["thresholds_by"] = thresholds.empty() ? nlohmann::json() : nlohmann::json(o.choose.empty() ? "weights" : o.choose);
    result["nme_shifted"] = shifted_landmarks;
    result["face_accuracy"] = face;
    result["box_iou"] = shifted_box;
    result["box_iou_exact"] = box;
    write_text(o.json, result.dump(2) + "\n");
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Measure a cascade that `train` made: the figures of each attribute with intervals, landmarks, faces, boxes."};
    line.add("--model", o.model, "weights, as best.safetensors of `train`").required();
    line.add("--data", o.data, "folder with Img/, Anno/ and Eval/").required();
    line.add("--split", o.split, "train, val, test or all");
    line.add("--json", o.json, "also write the figures to this file");
    line.add(
        "--report", o.report,
        "also write a page of HTML with tables, curves and the most certain errors to this file; it holds small pictures of the faces");
    line.add("--choose-thresholds", o.choose, "choose each attribute's threshold on the validation part, by this figure, and print them")
        .one_of({"balanced_accuracy", "f1"})
        .shown_default("those of the weights, if they have any");
    line.add("--write-thresholds", o.write_thresholds, "write the chosen thresholds to this file, for `store --attribute-thresholds`");
    line.add("--replicates", o.replicates, "of the bootstrap that gives intervals; 0: no intervals").not_negative();
    line.add("--threads", o.threads, "for the net, and as many that read photos");
    add_photo_limits(line, o.largest);
    line.add("--bits", o.bits, "of each weight of convolutions and dense layers: 32, or 16 to see what half the memory costs")
        .one_of({"16", "32"});
    line.add("--arithmetic", o.arithmetic,
             "in which the net computes, with --bits 32: float, or bfloat16 or int8 for products and activations; int8 needs weights that "
             "`store --int8` wrote")
        .one_of({"float", "bfloat16", "int8"});
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("evaluate", [&] {
        if (!o.write_thresholds.empty() && o.choose.empty())
            throw mcfa::option_error("write-thresholds: nothing is chosen; give --choose-thresholds too");
        auto const cascade = load_cascade(mcfa::io::safetensors_file::read(o.model), o.threads);
        if (o.arithmetic != "float" && o.bits == 16)
            throw mcfa::option_error("bits: 16 is of weights in float16, which --arithmetic " + o.arithmetic + " does not read");
        if (o.arithmetic == "bfloat16") evaluate<mcfa::bfloat16>(o, cascade->model());
        else if (o.arithmetic == "int8") evaluate<mcfa::int8>(o, cascade->model());
        else if (o.bits == 16) evaluate<mcfa::float16>(o, cascade->model());
        else evaluate<float>(o, cascade->model());
        return 0;
    });
}
