// SPDX-License-Identifier: MIT
// Writes the weights of a cascade again for others to use: in 16 bits, with thresholds for detection and attributes.
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "detection_options.hpp"
#include "evaluation/threshold_file.hpp"

#include <mcfa/core/printable.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/io/thresholds_text.hpp>

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
};

void store(options const& o) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, 1);
    std::map<std::string, std::string> metadata;
    for (char const* key : {"width", "stages", "cascade", "epoch"})
        if (auto const found = file.metadata().find(key); found != file.metadata().end()) metadata[key] = found->second;
    if (!o.thresholds.empty()) cascade->model().set_detection_thresholds(o.thresholds);
    if (!o.attribute_thresholds.empty())
        cascade->model().set_attribute_thresholds(read_thresholds(o.attribute_thresholds, mcfa::zoo::celeba_attributes::names));
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
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("store", [&] {
        store(o);
        return 0;
    });
}
