// SPDX-License-Identifier: MIT
// Measures a trained cascade on a folder of photos in CelebA's layout.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "photo_limits.hpp"

#include <mcfa/data/celeba.hpp>
#include <mcfa/train/validation.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <string>

namespace {

struct options {
    std::string model, data, split = "test", json;
    photo_limits largest;
    int threads = 2, bits = 32;
};

mcfa::data::split choose(mcfa::data::celeba const& faces, std::string const& name, mcfa::data::sampling const& windows) {
    if (name == "train") return faces.training(windows);
    if (name == "val") return faces.validation(windows);
    if (name == "test") return faces.test(windows);
    if (name == "all") return faces.all(windows);
    throw mcfa::option_error("split: '" + name + "', must be train, val, test or all");
}

/// A figure as it is printed: "-" where no photo had a label for it.
std::string shown(double figure, char const* format = "%.4f") {
    if (std::isnan(figure)) return "-";
    char text[32];
    std::snprintf(text, sizeof text, format, figure);
    return text;
}
std::string percent(double figure) { return shown(100 * figure, "%.2f %%"); }

/// Runs one split, looked at through one kind of windows.
template <class Validation>
void judge_split(Validation& judge, model_type const& model, mcfa::data::split const& photos, int threads) {
    auto windows = photos.batches(mcfa::encoding_of(model.net()), {.batch = 32, .threads = threads, .training = false});
    windows.begin(0);
    judge.run(windows);
}

/// `Stored` is the form of the weights, float or float16.
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
    judge_split(on_exact, model, photos, o.threads);
    judge_split(on_shifted, model, photos.with(shifted), o.threads);
    std::size_t const images = photos.size() - photos.bad_count();

    using names = mcfa::zoo::celeba_attributes;
    std::size_t const last = model.net().stages.size() - 1;
    auto const& attributes = on_exact.template metric<names>(last);
    auto const& face = on_exact.template metric<mcfa::face_class>(last);
    auto const &box = on_exact.template metric<mcfa::face_box>(last), &shifted_box = on_shifted.template metric<mcfa::face_box>(last);
    auto const &landmarks = on_exact.template metric<mcfa::landmarks<5>>(last),
               &shifted_landmarks = on_shifted.template metric<mcfa::landmarks<5>>(last);

    nlohmann::json rows = nlohmann::json::array();
    std::printf("%-22s %9s %9s %9s\n", "attribute", "accuracy", "balanced", "recall");
    for (int k = 0; k < names::length; ++k) {
        auto const& counts = attributes.of(k);
        std::string const name(names::names[static_cast<std::size_t>(k)]);
        std::printf("%-22s %9s %9s %9s\n", name.c_str(), shown(counts.accuracy()).c_str(), shown(counts.balanced_accuracy()).c_str(),
                    shown(counts.recall()).c_str());
        rows.push_back({{"name", name},
                        {"accuracy", counts.accuracy()},
                        {"balanced_accuracy", counts.balanced_accuracy()},
                        {"recall", counts.recall()}});
    }
    std::printf("%-22s %9s %9s\n", "mean", shown(attributes.mean_accuracy()).c_str(), shown(attributes.mean_balanced_accuracy()).c_str());
    std::printf("%-22s %9s\n\n", "majority class", shown(attributes.baseline_accuracy()).c_str());
    std::printf("photos %zu (%s)\n", images, o.split.c_str());
    std::printf("landmark error over eye distance (NME): %s (on shifted windows %s)\n", percent(landmarks.nme()).c_str(),
                percent(shifted_landmarks.nme()).c_str());
    std::printf("face or background: %s right\n", percent(face.accuracy()).c_str());
    std::printf("box IoU on shifted windows: %s (on exact ones %s, which a net can name without looking)\n",
                shown(shifted_box.iou()).c_str(), shown(box.iou()).c_str());

    if (o.json.empty()) return;
    nlohmann::json const result{{"images", images},
                                {"split", o.split},
                                {"mean_accuracy", attributes.mean_accuracy()},
                                {"mean_balanced_accuracy", attributes.mean_balanced_accuracy()},
                                {"baseline_accuracy", attributes.baseline_accuracy()},
                                {"attributes", rows},
                                {"nme", landmarks.nme()},
                                {"nme_shifted", shifted_landmarks.nme()},
                                {"face_accuracy", face.accuracy()},
                                {"box_iou", shifted_box.iou()},
                                {"box_iou_exact", box.iou()}};
    write_text(o.json, result.dump(2) + "\n");
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{
        "Measure a cascade that `train` made: accuracy, balanced accuracy and recall of each attribute, landmarks, faces, boxes."};
    line.add("--model", o.model, "weights, as best.safetensors of `train`").required();
    line.add("--data", o.data, "folder with Img/, Anno/ and Eval/").required();
    line.add("--split", o.split, "train, val, test or all");
    line.add("--json", o.json, "also write the figures to this file");
    line.add("--threads", o.threads, "for the net, and as many that read photos");
    add_photo_limits(line, o.largest);
    line.add("--bits", o.bits, "of each weight of convolutions and dense layers: 32, or 16 to see what half the memory costs")
        .one_of({"16", "32"});
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("evaluate", [&] {
        auto const cascade = load_cascade(mcfa::io::safetensors_file::read(o.model), o.threads);
        if (o.bits == 16) evaluate<mcfa::float16>(o, cascade->model());
        else evaluate<float>(o, cascade->model());
        return 0;
    });
}
