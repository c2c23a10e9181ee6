// SPDX-License-Identifier: MIT
// Writes the weights of a cascade as ONNX files, for runtimes of other makers.
#include "cascades/chosen_cascade.hpp"
#include "cascades/nets.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/io/save_onnx.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

namespace {

struct options {
    std::string model, out, first_stage;
    bool floats = false;
};

void say_written(std::string const& path) {
    std::printf("%s: %ju bytes\n", mcfa::printable(path).c_str(), static_cast<std::uintmax_t>(std::filesystem::file_size(path)));
}

void export_model(options const& o) {
    auto const file = mcfa::io::safetensors_file::read(o.model);
    auto const cascade = load_cascade(file, 1);
    auto const choice = choice_of(file);
    if (o.floats) cascade->model().set_quantisation({});
    with_net(choice, [&]<class Net>() {
        constexpr bool slides = mcfa::io::onnx_first_stage_slides<Net>;
        if (!slides && !o.first_stage.empty())
            throw mcfa::option_error({"--first-stage: the first stage of '", o.model, "' has windows of one size"});
        mcfa::io::save_onnx<Net>(cascade->model(), o.out, metadata_of(choice));
        say_written(o.out);
        if (o.first_stage.empty()) return;
        if constexpr (slides) mcfa::io::save_onnx_first_stage<Net>(cascade->model(), o.first_stage, metadata_of(choice));
        say_written(o.first_stage);
    });
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Write the weights of a cascade as ONNX files, for runtimes of other makers."};
    line.add("--model", o.model, "weights of `train` or `store`").required();
    line.add("--out", o.out, "file for the cascade on windows").required();
    line.add("--first-stage", o.first_stage, "file for the first stage on photos of any size");
    line.add_flag("--float", o.floats, "in 32-bit floats alone; else layers for which --model has ranges of int8 are written in 8 bits");
    if (auto const status = line.parse(argc, argv)) return *status;

    return run_program("export", [&] {
        export_model(o);
        return 0;
    });
}
