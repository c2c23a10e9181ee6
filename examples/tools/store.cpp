// SPDX-License-Identifier: MIT
// Writes the weights of a cascade again for others to use: in 16 bits, with thresholds for detection and attributes, and with what arithmetic in int8
// needs to know.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "detection_options.hpp"
#include "evaluation/threshold_file.hpp"

#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/io/thresholds_text.hpp>
#include <mcfa/model/calibrate.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

struct options {
    std::string model, out, type = "f16", attribute_thresholds;
    std::vector<double> thresholds;
    bool int8 = false;
    std::string calibrate;
    int windows = 512, threads = 2;
    double percentile = 99.999, least_ratio = 25;
};

/// Measures what int8 needs on the training photos of a folder, and prints it. Without a folder the weights must have it.
void quantise(options const& o, model_type& model) {
    if (o.calibrate.empty()) {
        if (model.quantisation().empty())
            throw mcfa::option_error(
                "int8: activations' ranges are measured on photos as the net will see them: give --calibrate a folder of them");
        return;
    }
    mcfa::data::celeba const faces{o.calibrate};
    mcfa::calibration_options measure;
    measure.windows = static_cast<std::size_t>(o.windows);
    measure.threads = o.threads;
    measure.percentile = o.percentile;
    measure.least_signal_to_noise = o.least_ratio;
    std::size_t tenths = 0;
    measure.progress = [&](std::size_t done, std::size_t all) {
        for (; tenths < 10 * done / all; ++tenths) std::fprintf(stderr, tenths == 9 ? " 100 %%\n" : ".");
    };
    model.set_quantisation(calibrate(model, faces.training(), measure));
    std::fputs(describe(model.quantisation()).c_str(), stdout);
}

void store(options const& o) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, o.threads);
    std::map<std::string, std::string> metadata;
    for (char const* key : {"width", "stages", "cascade", "epoch"})
        if (auto const found = file.metadata().find(key); found != file.metadata().end()) metadata[key] = found->second;
    if (!o.thresholds.empty()) cascade->model().set_detection_thresholds(o.thresholds);
    if (!o.attribute_thresholds.empty())
        cascade->model().set_attribute_thresholds(read_thresholds(o.attribute_thresholds, mcfa::zoo::celeba_attributes::names));
    if (o.int8) quantise(o, cascade->model());
    mcfa::io::save(cascade->model(), o.out, metadata,
                   o.type == "f16"    ? mcfa::io::dtype::f16
                   : o.type == "bf16" ? mcfa::io::dtype::bf16
                                      : mcfa::io::dtype::f32);
    std::printf("%s: %ju bytes\n", mcfa::printable(o.out).c_str(), static_cast<std::uintmax_t>(std::filesystem::file_size(o.out)));
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Write the weights of a cascade again, smaller, and with the thresholds that `detect` takes unless told otherwise."};
    line.add("--model", o.model, "weights of `train`").required();
    line.add("--out", o.out, "file to write").required();
    line.add("--type", o.type, "of the values").one_of({"f32", "f16", "bf16"});
    line.add("--thresholds", o.thresholds, "least probability of a face, one for each stage").from_to(0, 1);
    line.add("--attribute-thresholds", o.attribute_thresholds,
             "file with a line for each attribute, its name and above which probability it is said, as `evaluate --write-thresholds` makes "
             "it")
        .shown_default("those of --model, if it has any");
    line.add_flag("--int8", o.int8, "also write what arithmetic in 8-bit integers needs to know, measured on the photos of --calibrate");
    line.add("--calibrate", o.calibrate, "folder with Img/, Anno/ and Eval/; its training part is looked at")
        .shown_default("what --model has of int8, if anything");
    line.add("--calibration-windows", o.windows, "windows that are looked at");
    line.add("--percentile", o.percentile, "of a layer's inputs that 8 bits hold; 100: all");
    line.add("--least-ratio", o.least_ratio, "dB: a layer whose output in 8 bits has a lower signal-to-noise ratio stays in float");
    line.add("--threads", o.threads, "for the net, and as many that read photos");
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("store", [&] {
        if (!o.calibrate.empty() && !o.int8) throw mcfa::option_error("calibrate: is for --int8; give it too");
        if (o.windows < 1) throw mcfa::option_error("calibration-windows: must be at least 1");
        store(o);
        return 0;
    });
}
